import type { Duration } from './duration.js'

/** What a retry policy sees of a failed try. */
export interface FailedTry {
  readonly taskId: number
  readonly app: string
  /** 0 for the first try. */
  readonly attempt: number
  /** Cost spent before this failure. */
  readonly spent: number
}

/** What a failure costs of the budget `retries`, and how long to wait before the next try. */
export interface RetryVerdict {
  readonly cost: number
  readonly delay?: Duration
}

/**
 * Decides what a failure of a body costs. A number is the cost. Called once a failure; what it throws replaces the task's error and ends it.
 * @experimental
 */
export type RetryHandler = (error: unknown, failed: FailedTry) => number | RetryVerdict

/** Waits between tries that grow: `initial`, `initial * factor`, ... up to `max`, each drawn between half and whole where `jitter` is on. */
export interface Backoff {
  readonly initial: Duration
  /** @defaultValue 2 */
  readonly factor?: number
  /** @defaultValue '60s' */
  readonly max?: Duration
  /** @defaultValue true */
  readonly jitter?: boolean
}
