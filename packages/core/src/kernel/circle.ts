import { CyclicWait } from '@parsl/interfaces'
import { currentTask, RunningBody } from '@parsl/worker'
import type { AppFuture } from '../future/app-future.js'
import { DataFuture } from '../future/data-future.js'
import type { LazyPromise } from '../future/lazy-promise.js'
import { moreOf, type Attempt, type TaskMore, type TaskRecord } from './task.js'

const taskBehind = (future: LazyPromise<unknown>): TaskRecord | undefined =>
  (future instanceof DataFuture ? future.parent.task : (future as AppFuture<unknown>).task) as TaskRecord | undefined

/** Looking further would cost more than it is worth: the event loop runs dry, and that is seen. */
const MOST_LOOKED_AT = 1_000

/** A task on the way from where a search began. */
interface Hop {
  readonly at: TaskRecord | undefined
  readonly from: Hop | undefined
}

const wayTo = (hop: Hop | undefined): TaskRecord[] => {
  const way: TaskRecord[] = []
  for (let step = hop; step?.at; step = step.from) way.unshift(step.at)
  return way
}

/** The circle that closes when `task` waits for `waited`, if one does. */
export const circleOf = (task: TaskRecord, waited: readonly LazyPromise<unknown>[]): CyclicWait | undefined => {
  const seen = new Set<TaskRecord>()
  const start: Hop = { at: task, from: undefined }
  const open = waited.map((future): Hop => ({ at: taskBehind(future), from: start }))
  for (let next = open.pop(); next && seen.size < MOST_LOOKED_AT; next = open.pop()) {
    const { at } = next
    if (!at || seen.has(at)) continue
    if (at === task) return new CyclicWait(wayTo(next).map(({ id, app }) => ({ id, app: app.name })))
    seen.add(at)
    for (const future of at.more?.waitsFor ?? []) open.push({ at: taskBehind(future), from: next })
  }
  return undefined
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0

/** Waits that have ended are forgotten now and then: a body may await many. */
export const noteWait = (more: TaskMore, future: LazyPromise<unknown>): void => {
  const waitsFor = (more.waitsFor ??= [])
  if (isPowerOfTwo(waitsFor.length)) more.waitsFor = waitsFor.filter((other) => !other.isSettled)
  more.waitsFor.push(future)
}

/** The circle that closes when the body that now runs waits for `future`, if one does; else the wait is noted. */
export const circleOfBody = (future: AppFuture<unknown, readonly unknown[]>): CyclicWait | undefined => {
  const body = currentTask()
  if (!(body instanceof RunningBody)) return undefined
  const { task } = body.taskTry as Attempt
  if (task.future.isSettled) return undefined
  const circle = circleOf(task, [future])
  if (!circle) noteWait(moreOf(task), future)
  return circle
}
