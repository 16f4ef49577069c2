import type { JobStatus } from './job-status.js'

/**
 * What a provider is asked to start: one job of the batch system, one machine of a cloud, one pod.
 * @experimental
 */
export interface BlockRequest {
  /** Unique in the batch system: a submission whose answer was lost is found again by it. */
  readonly jobName: string
  /** The finished shell text: the launcher was applied. */
  readonly command: string
  readonly nodes: number
  readonly tasksPerNode: number
  /** A folder for scripts and output, made for this run. */
  readonly scriptDir: string
  /** Environment of the job; never written into a log. */
  readonly env: Readonly<Record<string, string>>
}

/** What the batch system calls the job. */
export type JobId = string

/** What every call of a provider is given. */
export interface ProviderCall {
  /** Ends the call early; the provider then rejects with the signal's reason. */
  readonly signal: AbortSignal
}

/**
 * Starts, watches and ends jobs somewhere. A constant: making one does no I/O, and one object may serve several kernels.
 * @experimental
 */
export interface Provider {
  readonly name: string
  readonly capabilities: {
    /** Whether {@link Provider.status} gives exit codes. */
    readonly exitCode: boolean
    /** Whether one status call serves many jobs. */
    readonly batchStatus: boolean
  }
  /** Milliseconds between two status calls that this batch system tolerates. */
  readonly statusPeriodMs: number
  /** What a job may use, where known, so that workers can be counted before it starts. */
  readonly nodeShape?: { readonly cores?: number; readonly memoryBytes?: number; readonly gpus?: number }
  /** Milliseconds until the batch system ends a block, where known. */
  readonly walltimeMs?: number
  /** @throws SubmitException `PARSL_PROVIDER_SUBMIT` where the batch system refuses. */
  submit(block: BlockRequest, call: ProviderCall): Promise<JobId>
  /** One status for each id, in any order; an id without an answer is `unknown`. */
  status(jobs: readonly JobId[], call: ProviderCall): Promise<ReadonlyMap<JobId, JobStatus>>
  /** Resolves when the batch system took the request. Ending a job that has ended is no error. */
  cancel(jobs: readonly JobId[], call: ProviderCall): Promise<void>
  /** The plain command line (program and arguments) that would end the job: the guardian runs it when the program is gone. Pure. */
  cancelCommand(job: JobId): readonly string[]
}
