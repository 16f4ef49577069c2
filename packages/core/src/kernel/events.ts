import type { CyclicWait, DependencyFailure, FailureKind, MemoHit } from '@parsl/interfaces'
import type { Attempt, TaskRecord } from './task.js'

/** What can happen to a task. Each names it. */
export type KernelEvent =
  /** A call was made; `refusal` is why it cannot be taken, if so. */
  | {
      readonly type: 'submitted'
      readonly task: TaskRecord
      readonly refusal?: { readonly error: unknown; readonly final: 'failed' | 'cancelled' }
    }
  /** One of the futures that it waits for has ended. */
  | { readonly type: 'dependencySettled'; readonly task: TaskRecord; readonly failure: DependencyFailure | undefined }
  /** Arguments are complete, files are there, an executor is chosen. */
  | { readonly type: 'prepared'; readonly task: TaskRecord; readonly attempt: Attempt }
  /** A remembered outcome was found. */
  | { readonly type: 'recalled'; readonly task: TaskRecord; readonly hit: MemoHit }
  /** It cannot be launched, now or ever. */
  | { readonly type: 'refused'; readonly task: TaskRecord; readonly error: unknown }
  | { readonly type: 'started'; readonly task: TaskRecord; readonly attempt: Attempt; readonly where: string }
  | { readonly type: 'succeeded'; readonly task: TaskRecord; readonly attempt: Attempt; readonly value: unknown }
  | {
      readonly type: 'failed'
      readonly task: TaskRecord
      readonly attempt: Attempt
      readonly error: unknown
      readonly kind: FailureKind
      /** Of the budget `retries`; counts for kind `body` only. */
      readonly cost: number
      readonly delayMs: number
    }
  /** The memoizer has taken the outcome. */
  | { readonly type: 'remembered'; readonly task: TaskRecord; readonly value: unknown }
  /** The futures in what a join body returned are known. */
  | { readonly type: 'joinFound'; readonly task: TaskRecord; readonly circle: CyclicWait | undefined }
  | { readonly type: 'joined'; readonly task: TaskRecord; readonly value: unknown }
  | { readonly type: 'retryDue'; readonly task: TaskRecord }
  | {
      readonly type: 'stopRequested'
      readonly task: TaskRecord
      readonly error: unknown
      readonly final: 'cancelled' | 'failed'
    }

export type EventOf<Type extends KernelEvent['type']> = Extract<KernelEvent, { type: Type }>
