/** Where a job of a batch system stands. `unknown` stays `unknown` until something is known: success is never guessed. */
export type JobState =
  | 'unknown'
  | 'pending'
  | 'running'
  | 'held'
  | 'cancelled'
  | 'completed'
  | 'failed'
  /** Ended by its walltime: normal for a pilot job. */
  | 'timeout'
  /** Ended before any of its workers connected; set by the executor. */
  | 'missing'
  /** Removed by the executor's own scaling. */
  | 'scaledIn'

/** States that a job never leaves. */
export const FINAL_JOB_STATES: ReadonlySet<JobState> = new Set([
  'cancelled',
  'completed',
  'failed',
  'timeout',
  'missing',
  'scaledIn',
])

/** What a provider knows of one job. */
export interface JobStatus {
  readonly state: JobState
  /** The batch system's own word or reason. */
  readonly message?: string
  readonly exitCode?: number
  readonly signal?: string
  readonly stdoutPath?: string
  readonly stderrPath?: string
  /** The last lines of the job's output where the provider can read them. */
  readonly outputTail?: string
}
