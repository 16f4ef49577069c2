import type { LazyPromise } from '../future/lazy-promise.js'
import type { Attempt, TaskRecord } from './task.js'

/** What must follow from an event. The runner performs it. */
export type Command =
  /** Put values in place of futures, find an executor, look the call up, stage files. */
  | { readonly type: 'prepare'; readonly task: TaskRecord }
  | { readonly type: 'launch'; readonly task: TaskRecord; readonly attempt: Attempt }
  | { readonly type: 'stop'; readonly task: TaskRecord; readonly attempt: Attempt; readonly error: unknown }
  | { readonly type: 'retryAfter'; readonly task: TaskRecord; readonly delayMs: number }
  | { readonly type: 'remember'; readonly task: TaskRecord; readonly value: unknown }
  /** Find the futures in what a join body returned. */
  | { readonly type: 'join'; readonly task: TaskRecord }
  /** Put their values in place of them. */
  | { readonly type: 'unwrapJoin'; readonly task: TaskRecord }
  | { readonly type: 'fulfil'; readonly task: TaskRecord; readonly value: unknown }
  /** `inner`: what a stopped join waited for is stopped too. */
  | {
      readonly type: 'fail'
      readonly task: TaskRecord
      readonly error: unknown
      readonly inner?: readonly LazyPromise<unknown>[] | undefined
    }
