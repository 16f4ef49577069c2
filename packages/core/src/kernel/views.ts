import type { TaskState } from '@parsl/interfaces'
import type { TaskRecord } from './task.js'
import type { UnawaitedFailure } from './unawaited.js'

/** What `kernel.tasks` shows of a task that has not ended (or of every task, where `garbageCollect` is off). */
export interface TaskView {
  readonly id: number
  readonly app: string
  readonly state: TaskState
  /** Of the newest try, from 0. */
  readonly attempt: number
  /** Label of the executor of its newest try. */
  readonly executor: string | undefined
}

export const viewOf = ({ id, app, state, attempt, executor }: TaskRecord): TaskView => ({
  id,
  app: app.name,
  state,
  attempt,
  executor,
})

/** What a run came to. */
export interface RunSummary {
  readonly counts: Readonly<Record<TaskState, number>>
  /** Reports of executors that came late or twice, and were dropped. */
  readonly droppedReports: number
  /** Failures that nobody awaited; at most the first thousand. */
  readonly unawaited: readonly UnawaitedFailure[]
}

/** How to close a kernel. */
export interface CloseOptions {
  /** Wait for every task first, rather than stop what has not ended. @defaultValue false */
  readonly wait?: boolean
}
