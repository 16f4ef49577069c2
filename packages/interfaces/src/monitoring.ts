import type { JobStatus } from './job-status.js'
import type { TaskState } from './task-state.js'

/** Something that happened in a run. */
export type MonitoringEvent =
  | { readonly type: 'runStarted'; readonly at: number; readonly runId: string; readonly runDir: string }
  | {
      readonly type: 'runEnded'
      readonly at: number
      readonly runId: string
      readonly counts: Readonly<Record<TaskState, number>>
    }
  | {
      readonly type: 'task'
      readonly at: number
      readonly taskId: number
      readonly app: string
      readonly state: TaskState
      readonly attempt: number
      readonly executor: string | undefined
      /** Where the newest try runs, as its executor says. */
      readonly where: string | undefined
      /** Of a task or try that failed. */
      readonly error: unknown
    }
  | {
      readonly type: 'block'
      readonly at: number
      readonly executor: string
      readonly block: string
      /** What the batch system calls its job, once it took it. */
      readonly job: string | undefined
      readonly status: JobStatus
    }

/**
 * Takes the events of a run. Must return at once: buffer, and write later. What it throws is logged and costs no task.
 * @experimental
 */
export interface MonitoringSink {
  event(event: MonitoringEvent): void
  close(): Promise<void>
}
