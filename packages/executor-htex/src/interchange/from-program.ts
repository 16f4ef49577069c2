import type { FromProgram, ManagerView } from '../wire/messages.js'
import { enqueue, lose, release, unpinParts } from './holding.js'
import { log, report, tell } from './saying.js'
import { type Doing, lineOf, type Manager, newClass, unreserve } from './state.js'

type Of<Type extends FromProgram['type']> = Extract<FromProgram, { type: Type }>

const tasks = (doing: Doing, message: Of<'tasks'>): void => {
  const { state } = doing
  for (const told of message.tasks) {
    const of = state.classes.get(told.of)
    if (of && !state.tasks.has(told.id)) enqueue(doing, told, of)
    else if (!of) refuse(doing, told.id, `its class ${told.of} was never told`)
    else state.dropped.stray++
  }
}

const refuse = (doing: Doing, id: number, evidence: string): void =>
  report(doing, {
    type: 'losses',
    losses: [
      { id, cause: 'interchange', host: '', block: '', who: 'interchange', exitCode: null, signal: null, evidence },
    ],
  })

const parts = (doing: Doing, message: Of<'parts'>): void => {
  const { store, wanted } = doing.state
  for (const part of message.parts) {
    store.add(part)
    const waiting = wanted.get(part.id)
    wanted.delete(part.id)
    for (const manager of waiting ?? []) if (!manager.isGone) tell(doing, manager, { type: 'parts', parts: [part] })
  }
}

const forget = (doing: Doing, message: Of<'forget'>): void => {
  const { store, wanted, managers } = doing.state
  for (const id of message.parts) {
    store.forget(id)
    wanted.delete(id)
  }
  for (const manager of managers.values()) {
    const had = message.parts.filter((id) => manager.parts.delete(id))
    if (had.length > 0) tell(doing, manager, { type: 'forget', parts: had })
  }
}

const stop = (doing: Doing, { id, reason }: Of<'stop'>): void => {
  const { state } = doing
  const task = state.tasks.get(id)
  // It has ended, and the program is about to hear so.
  if (task === undefined) return
  if (task.manager) {
    task.stopReason = reason
    return tell(doing, task.manager, { type: 'stop', id, reason })
  }
  const line = lineOf(state, task.of)
  line.queue.remove(task)
  if (line.queue.size === 0) unreserve(state, line)
  unpinParts(state, task)
  release(doing, task)
  report(doing, { type: 'stopped', ids: [id] })
}

const managersIn = ({ state }: Doing, blocks: readonly string[]): Manager[] =>
  [...state.managers.values()].filter(({ block }) => blocks.includes(block))

const hold = (doing: Doing, { blocks, drain }: Of<'hold'>): void => {
  const { held } = doing.state
  for (const block of blocks) held.set(block, drain || (held.get(block) ?? false))
  for (const manager of managersIn(doing, blocks)) {
    manager.isHeld = true
    if (drain && !manager.isDraining) tell(doing, manager, { type: 'drain' })
    manager.isDraining ||= drain
  }
}

const blocksGone = (doing: Doing, { blocks, evidence }: Of<'blocksGone'>): void => {
  for (const block of blocks) doing.state.goneBlocks.add(block)
  for (const manager of managersIn(doing, blocks)) {
    // Where the job has ended it hears nothing; where it lives in spite of that, it is to end.
    tell(doing, manager, { type: 'end' })
    lose(doing, manager, evidence)
  }
}

const viewOf = (now: number, manager: Manager): ManagerView => ({
  manager: manager.name,
  block: manager.block,
  host: manager.told.host,
  workers: manager.told.slots,
  tasks: manager.tasks.size,
  idleMs: manager.tasks.size > 0 ? 0 : now - manager.idleSince,
  active: !manager.isHeld && !manager.isDraining,
  draining: manager.isDraining,
  versions: manager.told.versions,
  lastHeardMs: now - manager.lastHeard,
})

/** Every manager ends, and then this interchange. */
export const end = (doing: Doing, why: string): void => {
  const { state, commands } = doing
  if (state.isEnding) return
  state.isEnding = true
  log(doing, 'info', { message: `the interchange ends: ${why}`, facts: { managers: state.managers.size } })
  for (const manager of state.managers.values()) tell(doing, manager, { type: 'end' })
  commands.push({ type: 'exit' })
}

const handlers: { readonly [Type in FromProgram['type']]: (doing: Doing, message: Of<Type>) => void } = {
  classes: ({ state }, message) => {
    for (const told of message.classes) if (!state.classes.has(told.n)) state.classes.set(told.n, newClass(told))
  },
  tasks,
  parts,
  forget,
  stop,
  hold,
  blocksGone,
  ask: (doing, { n }) =>
    report(doing, {
      type: 'answer',
      n,
      managers: [...doing.state.managers.values()].map((manager) => viewOf(doing.now, manager)),
    }),
  end: (doing) => end(doing, 'the program asked for it'),
}

/** The program said something. */
export const hearProgram = (doing: Doing, message: FromProgram): void =>
  (handlers[message.type] as (doing: Doing, message: FromProgram) => void)(doing, message)
