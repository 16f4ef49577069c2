import type { Executor, RunningExecutor } from '@parsl/interfaces'

/** An executor of a running kernel. */
export interface StartedExecutor {
  readonly plugin: Executor
  readonly running: RunningExecutor
  /** Why it cannot go on, once it cannot. */
  broken: Error | undefined
}
