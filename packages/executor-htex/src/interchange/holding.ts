import type { WireLoss, WireTask } from '../wire/messages.js'
import { couldEverHold, giveBack, take } from './needs.js'
import { beat, log, report } from './saying.js'
import {
  type Doing,
  type InterchangeState,
  type KnownClass,
  lineOf,
  type Manager,
  type Task,
  withdraw,
} from './state.js'

/** The parts that waiting tries need are kept. */
const pinParts = ({ store }: InterchangeState, { of, told }: Task): void => {
  if (of.waiting++ === 0) for (const id of of.told.parts) store.pin(id)
  for (const id of told.parts) store.pin(id)
}

export const unpinParts = ({ store }: InterchangeState, { of, told }: Task): void => {
  if (--of.waiting === 0) for (const id of of.told.parts) store.unpin(id)
  for (const id of told.parts) store.unpin(id)
}

/** A try has come: it waits. */
export const enqueue = (doing: Doing, told: WireTask, of: KnownClass): void => {
  const { state, now } = doing
  const task: Task = {
    told,
    of,
    priority: told.priority,
    arrival: state.arrivals++,
    since: now,
    older: undefined,
    newer: undefined,
    manager: undefined,
    hasBegun: false,
    stopReason: undefined,
  }
  state.tasks.set(told.id, task)
  pinParts(state, task)
  const line = lineOf(state, of)
  line.queue.push(task)
  if (line.isHopelessSaid || line.shape.isPlain || state.managers.size === 0) return
  for (const { room } of state.managers.values()) if (couldEverHold(room, line.shape)) return
  line.isHopelessSaid = true
  const { needs, app } = of.told
  const message = `no manager that is here could hold a task of ${app}: it waits for one`
  log(doing, 'warn', { message, facts: { app, needs } })
}

/** A try is at a manager. */
export const hold = (manager: Manager, task: Task): void => {
  task.manager = manager
  manager.tasks.add(task)
  take(manager.room, task.of.shape)
}

/** A try is at its manager no more, and is over. */
export const release = ({ state, now }: Doing, task: Task): void => {
  const { manager } = task
  state.tasks.delete(task.told.id)
  if (manager === undefined) return
  manager.tasks.delete(task)
  giveBack(manager.room, task.of.shape)
  state.dirty.add(manager)
  if (manager.tasks.size === 0) manager.idleSince = now
}

export const addManager = (state: InterchangeState, manager: Manager): void => {
  state.managers.set(manager.link.session, manager)
  state.byName.set(manager.name, manager)
  state.managersOfBlock.set(manager.block, (state.managersOfBlock.get(manager.block) ?? 0) + 1)
  state.dirty.add(manager)
  for (const line of state.lines) line.isHopelessSaid &&= !couldEverHold(manager.room, line.shape)
}

export const removeManager = (state: InterchangeState, manager: Manager): void => {
  manager.isGone = true
  state.managers.delete(manager.link.session)
  if (state.byName.get(manager.name) === manager) state.byName.delete(manager.name)
  const left = (state.managersOfBlock.get(manager.block) ?? 0) - 1
  if (left > 0) state.managersOfBlock.set(manager.block, left)
  else state.managersOfBlock.delete(manager.block)
  withdraw(state, manager)
  state.owed.delete(manager)
}

export const lossAt = ({ told }: Manager, id: number, evidence: string): WireLoss => ({
  id,
  cause: 'manager',
  host: told.host,
  block: told.block,
  who: told.manager,
  exitCode: null,
  signal: null,
  evidence,
})

/** A manager is no more: all its tries are lost. */
export const lose = (doing: Doing, manager: Manager, why: string): void => {
  const { state } = doing
  removeManager(state, manager)
  const losses = [...manager.tasks].map(({ told }) => lossAt(manager, told.id, why))
  for (const { told } of manager.tasks) state.tasks.delete(told.id)
  if (losses.length > 0) report(doing, { type: 'losses', losses })
  report(doing, { type: 'left', manager: manager.name, block: manager.block, why })
  // Should it live, it hears that we have its last word.
  beat(doing, manager)
}
