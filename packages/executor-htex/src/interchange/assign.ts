import { chunks } from '../wire/chunks.js'
import { owesWord } from '../wire/reliable.js'
import { hold, unpinParts } from './holding.js'
import { couldEverHold, fits, fitsAhead, type Room } from './needs.js'
import { isMoreUrgent } from './queue.js'
import { beat, report, tell } from './saying.js'
import type { Ready } from './selector.js'
import { type Doing, type InterchangeState, type Line, type Manager, offer, type Task, unreserve } from './state.js'

/**
 * Nothing starves: once a try has waited `ageAfterMs`, every so many-th place goes to the one that has waited longest of those
 * for which there is room, whatever its priority.
 */
const OLD_EVERY = 8

/** How often a manager to keep free is looked for. */
const LOOK_MS = 1_000
/** Beyond this many, what a manager was sent is forgotten: it asks for what it lacks. */
const MOST_PARTS = 20_000

const mayTake = (manager: Manager, line: Line): boolean =>
  !manager.isGone &&
  !manager.isHeld &&
  !manager.isDraining &&
  (manager.reservedFor === undefined || manager.reservedFor === line)

type Picked = Manager | undefined

const pick = (line: Line, ready: Ready<Manager>, wanted: (manager: Manager) => boolean): Picked => {
  const hasRoom = ready === line.ahead ? (room: Room) => fitsAhead(room) : (room: Room) => fits(room, line.shape)
  for (let manager = ready.pick(wanted); manager; manager = ready.pick(wanted)) {
    if (mayTake(manager, line) && hasRoom(manager.room)) return manager
    ready.remove(manager)
  }
  return undefined
}

/** One that has the parts already is preferred, where it has room as well. */
const wishOf = ({ of, told }: Task): ((manager: Manager) => boolean) =>
  told.parts.length === 0
    ? of.isKnownTo
    : (manager) => of.isKnownTo(manager) && told.parts.every((id) => manager.parts.has(id))

const managerFor = (line: Line, task: Task): Picked => {
  const { reserved, shape } = line
  if (reserved && fits(reserved.room, shape) && mayTake(reserved, line)) return reserved
  const wish = wishOf(task)
  return pick(line, line.ready, wish) ?? (line.ahead && pick(line, line.ahead, wish))
}

/** What a manager lacks for a try goes with it, or follows when the program has sent it. */
export const supply = (state: InterchangeState, manager: Manager, ids: readonly string[]): string[] => {
  const unknown: string[] = []
  for (const id of ids) {
    if (manager.parts.has(id)) continue
    if (manager.parts.size >= MOST_PARTS) manager.parts.clear()
    manager.parts.add(id)
    const part = state.store.get(id)
    if (part) manager.newParts.push(part)
    else {
      const waiting = state.wanted.get(id)
      if (waiting) waiting.add(manager)
      else {
        state.wanted.set(id, new Set([manager]))
        unknown.push(id)
      }
    }
  }
  return unknown
}

const NONE: string[] = []

/** Puts a try on the way to a manager; gives parts that the program must be asked for. */
const give = (state: InterchangeState, manager: Manager, task: Task): string[] => {
  const { of, told } = task
  hold(manager, task)
  unpinParts(state, task)
  state.handed++
  manager.batch.push(told)
  const isNew = !manager.classes.has(of.told.n)
  if (isNew) {
    manager.classes.add(of.told.n)
    manager.newClasses.push(of.told)
  }
  if (!isNew && told.parts.length === 0) return NONE
  return supply(state, manager, isNew ? [...of.told.parts, ...told.parts] : told.parts)
}

/** The line whose next one goes first, of those that are not known to be without room. */
const firstLine = (state: InterchangeState): Line | undefined => {
  let best: Line | undefined
  let urgent: Task | undefined
  for (const line of state.lines) {
    if (line.blockedIn === state.turns) continue
    const head = line.queue.peek()
    if (head === undefined || (urgent && !isMoreUrgent(head, urgent))) continue
    urgent = head
    best = line
  }
  return best
}

/** The line in which the one waits that has waited longest, should it be old. */
const oldestLine = ({ state, now }: Doing): Line | undefined => {
  let best: Line | undefined
  let longest = Infinity
  for (const line of state.lines) {
    if (line.blockedIn === state.turns) continue
    const old = line.queue.oldest()
    if (old === undefined || now - old.since < state.settings.ageAfterMs || old.arrival >= longest) continue
    longest = old.arrival
    best = line
  }
  return best
}

/** What is handed out next, and whether it is because of its age. */
const nextIn = (doing: Doing): { readonly line: Line; readonly task: Task } | undefined => {
  const { state } = doing
  const aged = state.handed % OLD_EVERY === OLD_EVERY - 1 ? oldestLine(doing) : undefined
  const line = aged ?? firstLine(state)
  const task = aged ? aged.queue.oldest() : line?.queue.peek()
  return line && task && { line, task }
}

const isReserveDue = ({ state, now }: Doing, line: Line): boolean => {
  if (line.shape.isPlain || line.reserved || now - line.lookedAt < LOOK_MS) return false
  const old = line.queue.oldest()
  return old !== undefined && now - old.since >= state.settings.ageAfterMs
}

/** Something old finds no room, for smaller ones take it as it comes: the manager with most room is kept free for it. */
const reserve = (doing: Doing, line: Line): void => {
  if (!isReserveDue(doing, line)) return
  line.lookedAt = doing.now
  let best: Manager | undefined
  let free = -Infinity
  for (const manager of doing.state.managers.values()) {
    const { room, reservedFor } = manager
    if (reservedFor || !mayTake(manager, line) || !couldEverHold(room, line.shape)) continue
    if (room.slots - room.usedSlots <= free) continue
    free = room.slots - room.usedSlots
    best = manager
  }
  if (best === undefined) return
  best.reservedFor = line
  line.reserved = best
}

const bytesOf = ({ payload }: { readonly payload: Uint8Array }): number => payload.byteLength

/** Sends a manager what was put on the way in this turn, in messages that do not hold each other up. */
const flush = (doing: Doing, manager: Manager): void => {
  const { newClasses, newParts, batch } = manager
  if (newClasses.length > 0) tell(doing, manager, { type: 'classes', classes: newClasses })
  for (const parts of chunks(newParts, ({ content }) => content.byteLength))
    tell(doing, manager, { type: 'parts', parts })
  for (const tasks of chunks(batch, bytesOf)) tell(doing, manager, { type: 'tasks', tasks })
  manager.newClasses = []
  manager.newParts = []
  manager.batch = []
}

const offerDirty = (state: InterchangeState): void => {
  for (const manager of state.dirty) for (const line of state.lines) offer(line, manager)
  state.dirty.clear()
}

const handOut = (doing: Doing): void => {
  const { state } = doing
  const touched = new Set<Manager>()
  const wants: string[] = []
  for (let next = nextIn(doing); next; next = nextIn(doing)) {
    const { line, task } = next
    const manager = managerFor(line, task)
    if (manager === undefined) {
      line.blockedIn = state.turns
      reserve(doing, line)
      continue
    }
    line.queue.remove(task)
    if (line.reserved === manager) unreserve(state, line)
    for (const id of give(state, manager, task)) wants.push(id)
    touched.add(manager)
  }
  if (wants.length > 0) report(doing, { type: 'wants', parts: wants })
  for (const manager of touched) flush(doing, manager)
}

/** The end of a turn of the event loop: what waits is handed out to those who have room, and the program hears what came. */
export const turn = (doing: Doing): void => {
  const { state } = doing
  state.turns++
  if (state.results.length > 0) {
    for (const results of chunks(state.results, bytesOf)) report(doing, { type: 'results', results })
    state.results = []
  }
  if (!state.isEnding) {
    offerDirty(state)
    handOut(doing)
  }
  for (const manager of state.owed) if (owesWord(manager.link)) beat(doing, manager)
  state.owed.clear()
}
