import { CyclicWait } from '@parsl/interfaces'
import { RunningBody, taskStorage } from '@parsl/worker'
import type { AppFuture } from '../future/app-future.js'
import { DataFuture } from '../future/data-future.js'
import type { LazyPromise } from '../future/lazy-promise.js'
import { moreOf, type Attempt, type TaskRecord } from './task.js'

const taskBehind = (future: LazyPromise<unknown>): TaskRecord | undefined =>
  (future instanceof DataFuture ? future.parent.task : (future as AppFuture<unknown>).task) as TaskRecord | undefined

/** Looking further would cost more than it is worth: the event loop runs dry, and that is seen. */
const MOST_LOOKED_AT = 10_000

/** The circle that closes when `task` waits for `waited`, if one does. */
export const circleOf = (task: TaskRecord, waited: readonly LazyPromise<unknown>[]): CyclicWait | undefined => {
  const seen = new Set<TaskRecord>()
  const open = waited.map((future) => ({ at: taskBehind(future), path: [task] }))
  for (let next = open.pop(); next && seen.size < MOST_LOOKED_AT; next = open.pop()) {
    const { at, path } = next
    if (!at || seen.has(at)) continue
    const longer = [...path, at]
    if (at === task) return new CyclicWait(longer.map(({ id, app }) => ({ id, app: app.name })))
    seen.add(at)
    for (const future of at.more?.waitsFor ?? []) open.push({ at: taskBehind(future), path: longer })
  }
  return undefined
}

/** The circle that closes when the body that now runs waits for `future`, if one does; else the wait is noted. */
export const circleOfBody = (future: AppFuture<unknown, readonly unknown[]>): CyclicWait | undefined => {
  const body = taskStorage().getStore()
  if (!(body instanceof RunningBody)) return undefined
  const { task } = body.taskTry as Attempt
  if (task.future.isSettled) return undefined
  const circle = circleOf(task, [future])
  if (!circle) moreOf(task).waitsFor = [...(task.more?.waitsFor ?? []).filter((other) => !other.isSettled), future]
  return circle
}
