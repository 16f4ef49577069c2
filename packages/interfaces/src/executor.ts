import type { Clock } from './clock.js'
import type { Guardian } from './guardian.js'
import type { JobStatus } from './job-status.js'
import type { Logger } from './logger.js'
import type { MonitoringSink } from './monitoring.js'
import type { JobId } from './provider.js'
import type { ResourceSpec } from './resource-spec.js'
import type { DataFile, ExpectedOutput, Staging } from './staging.js'

/** Where a stream of a task goes: nowhere, where the worker's own goes, or into a file. */
export type StreamTarget =
  | 'ignore'
  | 'inherit'
  | { readonly path: string; /** `'a'` appends, `'w'` truncates. */ readonly mode: string }

/**
 * What is the same for every call of one app with one set of options: made once, shared by all its tasks.
 * @experimental
 */
export interface TaskSpec {
  readonly app: string
  /** `bash`: `body` returns a command, which is then run. */
  readonly kind: 'js' | 'bash'
  readonly body: (...args: never[]) => unknown
  readonly resources: ResourceSpec
  /** Smaller runs first; absent runs last. */
  readonly priority: number | undefined
  /** From the start of the body. */
  readonly walltimeMs: number | undefined
  /** Added to what the body's environment holds anyway. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * One attempt to run one task. The object itself is the handle by which an executor reports: hold it, give it back.
 * @experimental
 */
export interface TaskTry {
  readonly taskId: number
  /** 0 for the first; a report for an earlier attempt than the newest is dropped. */
  readonly attempt: number
  readonly spec: TaskSpec
  /** Futures replaced by values, files by files that are there. */
  readonly args: readonly unknown[]
  /** Files that must be there before the body starts. */
  readonly inputs: readonly DataFile[]
  /** What must be there after the body ended well. */
  readonly outputs: readonly ExpectedOutput[]
  readonly stdout: StreamTarget
  readonly stderr: StreamTarget
}

/**
 * Why a try did not end well: `body` is the user's own error and spends `retries`; `lost` is the infrastructure's fault and spends
 * `infrastructureRetries`; `stopped` answers {@link RunningExecutor.stop}.
 */
export type FailureKind = 'body' | 'lost' | 'stopped'

/**
 * How an executor tells the kernel what happened. Every submitted try is reported exactly once by `succeeded` or `failed`; a second report is dropped and counted.
 * @experimental
 */
export interface ExecutorReport {
  /** The body has started; `where` names the place. */
  started(attempt: TaskTry, where: string): void
  succeeded(attempt: TaskTry, value: unknown): void
  failed(attempt: TaskTry, error: unknown, kind: FailureKind): void
  /** The executor cannot go on. It has reported every try it held. Further submissions fail with this error. */
  broken(error: Error): void
}

/** What a kernel gives an executor when it starts it. */
export interface ExecutorContext {
  readonly runId: string
  /** This executor's own folder below the run directory. Made before `start`. */
  readonly dir: string
  /** Time between asking a body to stop and killing it. */
  readonly killGraceMs: number
  readonly report: ExecutorReport
  readonly clock: Clock
  readonly log: Logger
  readonly guardian: Guardian
  readonly sinks: readonly MonitoringSink[]
}

/** What an executor can do; the truth, since tests and the choice of executor go by it. */
export interface ExecutorCapabilities {
  /** `none`: bodies share the program's memory and event loop, and nothing is serialized. */
  readonly isolation: 'none' | 'thread' | 'process'
  /** Keys of {@link ResourceSpec} that are understood. */
  readonly resources: readonly (keyof ResourceSpec)[]
  /** Whether smaller priorities are started first. */
  readonly priorities: boolean
  /** Whether what a body prints can be written to the task's own files. Commands of bash apps always can. */
  readonly capturesStreams: boolean
  /** Whether a body that does not yield (an endless loop) can be stopped. */
  readonly forcedStop: boolean
  /** Whether a `SharedArrayBuffer` among the arguments is the same memory to the body; where `isolation` is `none`, it always is. @defaultValue false: it is refused */
  readonly sharesMemory?: boolean
}

/**
 * Runs tasks somewhere. The plug-in is a constant without I/O; `start` returns the running thing, and may be called by several kernels.
 * @experimental
 */
export interface Executor {
  readonly label: string
  readonly capabilities: ExecutorCapabilities
  /** Tried in order for each file; absent: the kernel's own list. Empty: files are used where they are. */
  readonly staging?: readonly Staging[]
  start(context: ExecutorContext): Promise<RunningExecutor>
}

/** A started executor. */
export interface RunningExecutor {
  /** Takes a try. Never throws and never blocks; a refusal is reported as `failed`. Bodies never start within this call. */
  submit(attempt: TaskTry): void
  /** Ends a try: removes it if queued, else asks its body to stop and kills it after the grace period. Then reports `failed` with `reason` and `stopped`. */
  stop(attempt: TaskTry, reason: unknown): void
  /** Tries taken and not yet reported, and how many run at once now (`Infinity` where nothing limits it). */
  load(): { readonly outstanding: number; readonly slots: number }
  /** The event loop has nothing left to do, so no body in this process can ever end: reports each as failed, for the reason that is given for it. Only for `isolation: 'none'`. */
  stalled?(reason: (attempt: TaskTry) => unknown): void
  readonly scaling?: Scalable
  /** Ends everything; resolves when nothing is left. The kernel has stopped every try before. */
  close(): Promise<void>
}

/** How many blocks an executor has, and how eager it is to ask for more. */
export interface BlockLimits {
  /** Asked for at the start. */
  readonly init: number
  /** Kept even when there is no work. */
  readonly min: number
  /** Never more than so many at a time, those that are being ended included. */
  readonly max: number
  /** Workers for each outstanding task: 1 has a worker for every task as far as `max` goes, 0.5 for every other one, 0 a single block. */
  readonly parallelism: number
}

/** One block of a scalable executor. */
export interface Block {
  readonly id: string
  readonly status: JobStatus
  /** What the batch system calls its job, once it took it. */
  readonly job?: JobId
  /** Tasks that it has now. */
  readonly tasks: number
  /** Milliseconds since it last had a task, 0 while it has one; `Infinity` where none of its workers has connected. */
  readonly idleMs: number
  /** It takes nothing more and is ended when it has finished what it has. */
  readonly draining: boolean
  /** Whether any of its workers ever connected. */
  readonly connected: boolean
}

/**
 * An executor whose workers come in blocks that can be added and removed. No call blocks or throws.
 * @experimental
 */
export interface Scalable {
  readonly limits: BlockLimits
  /** Workers that one block brings, as far as known before it starts. */
  workersPerBlock(): number
  /** Blocks that have not ended, and the last of those that have. */
  status(): readonly Block[]
  /**
   * Asks for more blocks. Gives how many it asks for: fewer than `count` where there would be more than `max`, and none for a while after
   * blocks failed. A refusal becomes a block with status `failed`.
   */
  scaleOut(count: number): number
  /**
   * Drains so many blocks, then ends them: first those that have not started, then those that were idle longest. With `idleMs` only such as
   * have had no task for so long. Gives how many it ends: never so many that fewer than `min` stay.
   */
  scaleIn(count: number, which?: { readonly idleMs: number }): number
}
