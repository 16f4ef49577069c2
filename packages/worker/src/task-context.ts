import { AsyncLocalStorage } from 'node:async_hooks'
import { type Logger, NoDataFlowKernelError, type ResourceSpec } from '@parsl/interfaces'

/** What a body may know and use of its own task. */
export interface TaskContext {
  readonly id: number
  readonly app: string
  /** 0 for the first try. */
  readonly attempt: number
  /** Aborted when the task is cancelled or its time is up; after a grace period the body is killed where that can be done. */
  readonly signal: AbortSignal
  /** When the walltime ends, as `Date`, where there is one. */
  readonly deadline: Date | undefined
  readonly resources: ResourceSpec
  readonly log: Logger
}

const KEY = Symbol.for('@parsl/task')
type Holder = { [KEY]?: AsyncLocalStorage<TaskContext> }

/** One for all copies of this package in a process. */
export const taskStorage = (): AsyncLocalStorage<TaskContext> =>
  ((globalThis as Holder)[KEY] ??= new AsyncLocalStorage<TaskContext>())

/**
 * The task whose body is running.
 * @throws NoDataFlowKernelError `PARSL_NO_KERNEL` outside a body
 */
export const task = (): TaskContext => {
  const context = taskStorage().getStore()
  if (context) return context
  throw new NoDataFlowKernelError('task() is for the body of an app; it')
}
