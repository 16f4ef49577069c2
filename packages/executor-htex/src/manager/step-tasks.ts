import { encodeError } from '@parsl/serialize'
import type { ToManager, WireLoss, WireTask } from '../wire/messages.js'
import type { Lost, ManagerCommand, ManagerEvent } from './events.js'
import type { Held, ManagerState } from './state.js'

type Commands = readonly ManagerCommand[]
type Said<Type extends ToManager['type']> = Extract<ToManager, { type: Type }>
type EventOf<Type extends ManagerEvent['type']> = Extract<ManagerEvent, { type: Type }>

const NOTHING: Commands = []

const lossOf = (state: ManagerState, id: number, how: Lost): WireLoss => {
  const { host, block } = state.identity
  return { id, host, block, ...how }
}

/** How a try is lost that this manager gives up. */
export const givenUp = ({ identity }: ManagerState, evidence: string): Lost => ({
  cause: 'manager',
  who: identity.manager,
  exitCode: null,
  signal: null,
  evidence,
})

/** Forgets a try that has ended. */
const drop = (state: ManagerState, held: Held): void => {
  const { id, parts } = held.task
  state.held.delete(id)
  state.parts.unpin(held.cls.parts, id)
  state.parts.unpin(parts, id)
  if (held.phase === 'given') state.room.giveBack(held.cls)
  if (held.phase === 'waits') state.line.remove(held)
}

/** Tells that a try is lost, and forgets it. */
export const lose = (state: ManagerState, held: Held, how: Lost): void => {
  drop(state, held)
  state.losses.push(lossOf(state, held.task.id, how))
}

const stopped = (state: ManagerState, held: Held, reason: string): void => {
  drop(state, held)
  const payload = encodeError(Object.assign(new Error(reason), { name: 'AbortError' }))
  state.results.push({ id: held.task.id, ok: false, kind: 'stopped', ms: 0, payload })
}

/** Hands what waits to the workers, as far as there is room. */
const give = (state: ManagerState): Commands => {
  const { line, room } = state
  const commands: ManagerCommand[] = []
  for (let held = line.peek(); held && room.take(held.cls); held = line.peek()) {
    line.next()
    held.phase = 'given'
    const { task, cls } = held
    const needed = task.parts.length > 0 ? [...cls.parts, ...task.parts] : cls.parts
    const { parts, fault } = state.parts.get(needed)
    if (fault === undefined) commands.push({ type: 'run', task, cls, parts })
    else lose(state, held, givenUp(state, fault))
  }
  return commands
}

const NO_TASK = { phase: 'lacks', isStopped: false } as const

/** Keeps a try; gives the parts that it lacks. */
const hold = (state: ManagerState, task: WireTask): readonly string[] => {
  const cls = state.classes.get(task.of)
  if (!cls) {
    state.losses.push(lossOf(state, task.id, givenUp(state, `it came before its class ${task.of} was told`)))
    return []
  }
  const held: Held = { task, cls, lacks: 0, ...NO_TASK }
  state.held.set(task.id, held)
  const missing = new Set([...state.parts.pin(cls.parts, task.id), ...state.parts.pin(task.parts, task.id)])
  held.lacks = missing.size
  if (missing.size > 0) return [...missing]
  held.phase = 'waits'
  state.line.push(held)
  return []
}

export const takeClasses = (state: ManagerState, { classes }: Said<'classes'>): Commands => {
  for (const cls of classes) state.classes.set(cls.n, cls)
  return NOTHING
}

export const takeTasks = (state: ManagerState, { tasks }: Said<'tasks'>): Commands => {
  const isEnding = state.phase === 'ending'
  const wanted = new Set<string>()
  const asked = new Set(state.parts.lacking())
  for (const task of tasks) {
    if (state.held.has(task.id)) continue
    if (isEnding) state.losses.push(lossOf(state, task.id, givenUp(state, state.ending?.why ?? '')))
    else hold(state, task).forEach((id) => wanted.add(id))
  }
  // Those were asked for.
  for (const id of asked) wanted.delete(id)
  const runs = give(state)
  return wanted.size > 0 ? [{ type: 'say', message: { type: 'wants', parts: [...wanted] } }, ...runs] : runs
}

export const takeParts = (state: ManagerState, { parts }: Said<'parts'>): Commands => {
  for (const part of parts) {
    for (const id of state.parts.put(part)) {
      const held = state.held.get(id)
      if (held?.phase !== 'lacks' || --held.lacks > 0) continue
      held.phase = 'waits'
      state.line.push(held)
    }
  }
  return give(state)
}

export const takeStop = (state: ManagerState, { id, reason }: Said<'stop'>): Commands => {
  const held = state.held.get(id)
  // Its end is on its way.
  if (!held) return NOTHING
  held.isStopped = true
  if (held.phase === 'given') return [{ type: 'stop', id, reason }]
  stopped(state, held, reason)
  return NOTHING
}

export const began = (state: ManagerState, { id, worker }: EventOf<'began'>): Commands => {
  if (state.held.has(id)) state.starts.push({ id, worker })
  return NOTHING
}

export const ended = (state: ManagerState, { result }: EventOf<'ended'>): Commands => {
  const held = state.held.get(result.id)
  if (!held) return NOTHING
  // We stopped it ourselves, because we end.
  if (result.kind === 'stopped' && !held.isStopped) lose(state, held, givenUp(state, state.ending?.why ?? 'it ended'))
  else {
    drop(state, held)
    state.results.push(result)
  }
  return give(state)
}

export const lost = (state: ManagerState, { id, how }: EventOf<'lost'>): Commands => {
  const held = state.held.get(id)
  if (!held) return NOTHING
  const isOurs = state.phase === 'ending' && how.cause === 'worker'
  lose(state, held, isOurs ? { ...how, ...givenUp(state, `${state.ending?.why}; ${how.evidence}`) } : how)
  return give(state)
}
