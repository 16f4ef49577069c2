import type { JobStatus } from './job-status.js'
import type { Launcher } from './launcher.js'

/**
 * What a provider is asked to start: one job of the batch system, one machine of a cloud, one pod.
 * @experimental
 */
export interface BlockRequest {
  /** Unique in the batch system, and the name of files: letters, digits, `.`, `-` and `_`. */
  readonly jobName: string
  /** The finished shell text: the launcher was applied. */
  readonly command: string
  readonly nodes: number
  readonly tasksPerNode: number
  /** A folder for scripts and output; it is there. */
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
  /** Nodes of each block. */
  readonly nodesPerBlock: number
  /** Starts the command on every node of a block; absent, the block's first node runs it once. The provider is given the finished text. */
  readonly launcher?: Launcher
  /** Milliseconds between two status calls that this batch system tolerates. */
  readonly statusPeriodMs: number
  /** What one node of a job may use, where known, so that workers can be counted before it starts. */
  readonly nodeShape?: { readonly cores?: number; readonly memoryBytes?: number; readonly gpus?: number }
  /** Milliseconds until the batch system ends a block, where known. */
  readonly walltimeMs?: number
  /**
   * Hands the job over. The script holds the command, never the environment.
   * @throws SubmitException `PARSL_PROVIDER_SUBMIT` where the batch system refuses, ScriptPathError `PARSL_PROVIDER_SCRIPT_PATH` where the script cannot be written.
   */
  submit(block: BlockRequest, call: ProviderCall): Promise<JobId>
  /** One status for each id; one of which nothing is known is `unknown`. What has ended stays known as long as this object is asked. */
  status(jobs: readonly JobId[], call: ProviderCall): Promise<ReadonlyMap<JobId, JobStatus>>
  /** Resolves when the batch system took the request, not when the job has ended. Ending a job that has ended, or that is not known, is no error. */
  cancel(jobs: readonly JobId[], call: ProviderCall): Promise<void>
  /** The plain command line (program and arguments) that would end the job: the guardian runs it when the program is gone. Pure. */
  cancelCommand(job: JobId): readonly string[]
}
