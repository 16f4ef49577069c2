import { isDataFile, isOutput, type ExpectedOutput } from '@parsl/data'
import type { DependencyResolver } from '@parsl/interfaces'
import { isShared, isThenable } from '@parsl/worker'
import type { AppFuture } from '../future/app-future.js'
import { DataFuture } from '../future/data-future.js'
import { isLazyPromise, type LazyPromise } from '../future/lazy-promise.js'
import type { KernelEvent } from './events.js'
import { moreOf, type TaskFiles, type TaskRecord } from './task.js'

/** What finding futures needs. */
export interface Gathering {
  readonly resolver: DependencyResolver
  dispatch(event: KernelEvent): void
}

type OurFuture = AppFuture<unknown, readonly unknown[]> | DataFuture<unknown>

export const descriptionOf = (future: LazyPromise<unknown>): string => (future as OurFuture).description

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

const failureOf = (future: LazyPromise<unknown>) =>
  future.failure && { what: descriptionOf(future), error: future.failure.error }

const waitForOurs = (task: TaskRecord, future: LazyPromise<unknown>, { dispatch }: Gathering): void => {
  future.look()
  if (future.isSettled) {
    const failure = failureOf(future)
    if (failure) (moreOf(task).failures ??= []).push(failure)
    return
  }
  task.waiting++
  ;(moreOf(task).waitsFor ??= []).push(future)
  future.watch(() => dispatch({ type: 'dependencySettled', task, failure: failureOf(future) }))
}

const waitForForeign = (task: TaskRecord, promise: PromiseLike<unknown>, { dispatch }: Gathering): void => {
  const settlements = (moreOf(task).settlements ??= new Map())
  if (settlements.has(promise)) return
  settlements.set(promise, { ok: false, error: undefined })
  task.waiting++
  // A thenable of somebody else's may answer within this call, twice, or never without throwing.
  Promise.resolve(promise).then(
    (value) => {
      settlements.set(promise, { ok: true, value })
      dispatch({ type: 'dependencySettled', task, failure: undefined })
    },
    (error: unknown) => dispatch({ type: 'dependencySettled', task, failure: { what: 'a promise', error } }),
  )
}

const filesOf = (task: TaskRecord): TaskFiles => (moreOf(task).files ??= { inputs: new Set(), outputs: new Map() })

/** Has the task promise one more output; the same one given twice is one. */
export const promiseOutput = (task: TaskRecord, output: ExpectedOutput): DataFuture<unknown> => {
  const { outputs } = filesOf(task)
  const known = outputs.get(output)
  if (known) return known
  const future = new DataFuture<unknown>(task.future, task.app.name, output.file)
  outputs.set(output, future)
  return future
}

/** Finds what the arguments hold: futures to wait for, files to bring, outputs promised. */
export const gatherArguments = (task: TaskRecord, gathering: Gathering): void => {
  if (!task.args.some(isObject)) return
  const visit = (object: object): boolean => {
    if (isLazyPromise(object)) waitForOurs(task, object, gathering)
    else if (isDataFile(object)) filesOf(task).inputs.add(object)
    else if (isOutput(object)) promiseOutput(task, object)
    else if (isThenable(object)) waitForForeign(task, object, gathering)
    else if (!isShared(object)) return false
    task.leaves++
    return true
  }
  for (const value of task.args) gathering.resolver.gather(value, visit)
}

/** Finds the futures in what a join body returned. */
export const gatherJoined = (task: TaskRecord, gathering: Gathering): void => {
  moreOf(task).waitsFor = undefined
  moreOf(task).settlements = undefined
  gathering.resolver.gather(task.more?.joined, (object) => {
    if (isLazyPromise(object)) waitForOurs(task, object, gathering)
    else if (isThenable(object)) waitForForeign(task, object, gathering)
    else return isDataFile(object) || isOutput(object)
    return true
  })
}

/** What stands for a future that has ended well; one that came into a container after the call is left there. */
export const valueOf = (task: TaskRecord, object: object): { readonly value: unknown } | undefined => {
  if (isLazyPromise(object)) return object.isFulfilled ? { value: object.currentValue } : undefined
  const foreign = task.more?.settlements?.get(object)
  return foreign?.ok ? { value: foreign.value } : undefined
}
