/** Where a task stands. Names are Parsl's, in camelCase, plus `cancelled`. */
export type TaskState =
  /** Waits for its inputs, for staging or for an executor. */
  | 'pending'
  /** Given to an executor. */
  | 'launched'
  /** Its body has started. */
  | 'running'
  /** A join app whose body ended; its inner futures have not. */
  | 'joining'
  /** A try failed; another will follow. */
  | 'failRetryable'
  /** Ended well. */
  | 'execDone'
  /** Ended well with a remembered result; nothing ran. */
  | 'memoDone'
  /** Gave up. */
  | 'failed'
  /** An input failed; nothing ran. */
  | 'depFail'
  /** Stopped on request. */
  | 'cancelled'

/** Every state, in the order of a task's life. */
export const TASK_STATES: readonly TaskState[] = [
  'pending',
  'launched',
  'running',
  'joining',
  'failRetryable',
  'execDone',
  'memoDone',
  'failed',
  'depFail',
  'cancelled',
]

/** States that a task never leaves. */
export const FINAL_STATES: ReadonlySet<TaskState> = new Set(['execDone', 'memoDone', 'failed', 'depFail', 'cancelled'])
