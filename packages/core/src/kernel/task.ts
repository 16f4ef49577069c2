import type { StartedExecutor } from '../executor/started.js'
import type { FilePlan } from '../staging/data-manager.js'
import type {
  DependencyFailure,
  ExpectedOutput,
  DataFile,
  MemoCall,
  ResourceSpec,
  StreamTarget,
  TaskSpec,
  TaskState,
  TaskTry,
} from '@parsl/interfaces'
import type { AppFuture, StreamPlace } from '../future/app-future.js'
import type { DataFuture } from '../future/data-future.js'
import type { LazyPromise, Settlement } from '../future/lazy-promise.js'

/** How one app runs with one set of options; shared by all its tasks. */
export interface AppDefinition {
  readonly name: string
  readonly kind: 'js' | 'bash' | 'join'
  readonly spec: TaskSpec
  /** Runs beside the executors, on the kernel's own: joins, and picks from a future. */
  readonly internal: boolean
  /** Labels, or `undefined` for any executor. */
  readonly executors: readonly string[] | undefined
  readonly needs: readonly (keyof ResourceSpec)[]
  readonly retries: number | undefined
  readonly infrastructureRetries: number | undefined
  readonly cache: boolean
  readonly ignoreForCache: readonly (string | number)[]
  readonly version: string | undefined
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
  readonly label: string | undefined
  readonly stdout: StreamOption | undefined
  readonly stderr: StreamOption | undefined
}

/** What `stdout` and `stderr` accept. */
export type StreamOption =
  | 'auto'
  | 'inherit'
  | 'ignore'
  | (string & {})
  | { readonly path: string; readonly mode: string }
  | ExpectedOutput

/** What a try reads and writes beside its arguments. */
export type TryFiles = Pick<TaskTry, 'inputs' | 'outputs' | 'stdout' | 'stderr'>

/** One attempt, as the executors hold it. A class to keep it small: most tries share one `TryFiles`. */
export class Attempt implements TaskTry {
  readonly task: TaskRecord
  readonly attempt: number
  readonly args: readonly unknown[]
  readonly executor: StartedExecutor
  readonly #files: TryFiles

  constructor(
    task: TaskRecord,
    executor: StartedExecutor,
    work: { readonly args: readonly unknown[]; readonly files: TryFiles },
  ) {
    this.task = task
    this.attempt = task.attempt
    this.args = work.args
    this.executor = executor
    this.#files = work.files
  }

  get taskId(): number {
    return this.task.id
  }
  get spec(): TaskSpec {
    return this.task.app.spec
  }
  get inputs(): readonly DataFile[] {
    return this.#files.inputs
  }
  get outputs(): readonly ExpectedOutput[] {
    return this.#files.outputs
  }
  get stdout(): StreamTarget {
    return this.#files.stdout
  }
  get stderr(): StreamTarget {
    return this.#files.stderr
  }
}

/** Files of one task, found among its arguments and options. */
export interface TaskFiles {
  readonly inputs: Set<DataFile>
  readonly outputs: Map<ExpectedOutput, DataFuture<unknown>>
}

/** One stream of a task: where each attempt writes. */
export interface TaskStream {
  readonly place: StreamPlace
  /** Given where the stream is a file that is staged. */
  readonly output: ExpectedOutput | undefined
  target(attempt: number): StreamTarget
}

/** A failed attempt that another one followed. */
export interface FailedAttempt {
  readonly attempt: number
  readonly executor: string | undefined
  readonly where: string | undefined
  readonly error: unknown
}

/** What only some tasks have: those with inputs to wait for, files, limits, failures. */
export interface TaskMore {
  failures: DependencyFailure[] | undefined
  /** Our own futures among those waited for, to find circles. */
  waitsFor: LazyPromise<unknown>[] | undefined
  /** Outcomes of promises that are not ours. */
  settlements: Map<object, Settlement<unknown>> | undefined
  files: TaskFiles | undefined
  streams: { readonly stdout: TaskStream; readonly stderr: TaskStream } | undefined
  /** What to settle with once the newest try has stopped. */
  stopping: { readonly error: unknown; readonly final: 'cancelled' | 'failed' } | undefined
  /** Cost of failures so far. */
  spent: number
  /** Tries lost to infrastructure so far. */
  lost: number
  history: FailedAttempt[] | undefined
  /** How its files move. */
  plan: FilePlan | undefined
  /** What the memoizer was asked, where it was. */
  memoCall: MemoCall | undefined
  /** What a join body returned. */
  joined: unknown
  /** Lets go of timers and signals. */
  release: (() => void) | undefined
}

/** What is known of a task that has not ended. Data only: `step` changes it. Small, since there may be millions. */
export interface TaskRecord {
  readonly id: number
  readonly app: AppDefinition
  readonly future: AppFuture<unknown, readonly unknown[]>
  args: readonly unknown[]
  state: TaskState
  /** Of the newest try, from 0. */
  attempt: number
  /** Futures and files found among the arguments. */
  leaves: number
  /** Futures that are still to settle: inputs, or what a join returned. */
  waiting: number
  current: Attempt | undefined
  /** Label of the executor of the newest try. */
  executor: string | undefined
  /** Where the newest try runs, as its executor says. */
  where: string | undefined
  more: TaskMore | undefined
  previous: TaskRecord | undefined
  next: TaskRecord | undefined
}

const newMore = (): TaskMore => ({
  failures: undefined,
  waitsFor: undefined,
  settlements: undefined,
  files: undefined,
  streams: undefined,
  stopping: undefined,
  spent: 0,
  lost: 0,
  history: undefined,
  plan: undefined,
  memoCall: undefined,
  joined: undefined,
  release: undefined,
})

export const moreOf = (task: TaskRecord): TaskMore => (task.more ??= newMore())

export const newTask = (
  app: AppDefinition,
  args: readonly unknown[],
  future: AppFuture<unknown, readonly unknown[]>,
): TaskRecord => ({
  id: future.taskId,
  app,
  future,
  args,
  state: 'pending',
  attempt: 0,
  leaves: 0,
  waiting: 0,
  current: undefined,
  executor: undefined,
  where: undefined,
  more: undefined,
  previous: undefined,
  next: undefined,
})
