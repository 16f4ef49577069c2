import type { TaskState } from '@parsl/interfaces'
import type { DataFuture } from './data-future.js'
import { LazyPromise } from './lazy-promise.js'

/** Where a stream of the task goes: a path, a future of a staged file, or nowhere of its own. */
export type StreamPlace = string | DataFuture | undefined

/** What only some tasks have. */
export interface FutureExtras {
  readonly outputs: readonly DataFuture<unknown>[]
  readonly stdout: StreamPlace
  readonly stderr: StreamPlace
}

/** The task behind a future, as the future sees it. */
export interface TaskHandle {
  readonly id: number
  readonly app: { readonly name: string }
  readonly state: TaskState
}

/** The kernel behind a future, as the future sees it. */
export interface FutureKernel {
  /** @internal */
  cancel(task: TaskHandle, reason: unknown): void
  /** @internal Someone looks at this future's outcome. */
  observed(future: LazyPromise<unknown>): void
  /** @internal */
  pick(future: AppFuture<unknown, readonly unknown[]>, key: PropertyKey): AppFuture<unknown>
  /** @internal Why the body that now runs must not wait for this future, if so. */
  circle(future: AppFuture<unknown, readonly unknown[]>): Error | undefined
}

const NOTHING: FutureExtras = { outputs: [], stdout: undefined, stderr: undefined }

/**
 * One call of an app: a promise of its value, and a handle on its task. Awaiting is the natural use; passing it to another app makes that one wait.
 * A failure that nobody awaits does not crash the program; it is reported when the kernel closes.
 */
export class AppFuture<T, Outputs extends readonly unknown[] = readonly DataFuture<unknown>[]> extends LazyPromise<T> {
  readonly taskId: number
  readonly #kernel: FutureKernel
  /** Afterwards, what a failed task was called. */
  #task: TaskHandle | string | undefined
  #state: TaskState = 'pending'
  #extras: FutureExtras = NOTHING

  /** @internal */
  constructor(taskId: number, kernel: FutureKernel) {
    super()
    this.taskId = taskId
    this.#kernel = kernel
  }

  get [Symbol.toStringTag](): string {
    return 'AppFuture'
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a future is a promise
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const circle = this.isSettled ? undefined : this.#kernel.circle(this)
    return circle ? Promise.reject(circle).then(onFulfilled, onRejected) : super.then(onFulfilled, onRejected)
  }

  /** What `console.log` shows: `AppFuture { task 7 (align), running }`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `AppFuture { ${this.description}, ${this.state} }`
  }

  /** Where the task stands. */
  get state(): TaskState {
    return this.task?.state ?? this.#state
  }

  /** One future for each `output(...)` among the arguments, in order of appearance. */
  get outputs(): Outputs {
    return this.#extras.outputs as unknown as Outputs
  }

  /** Where standard output goes: a path, or a `DataFuture` where an `output(...)` was given. */
  get stdout(): StreamPlace {
    return this.#extras.stdout
  }

  /** Where standard error goes. */
  get stderr(): StreamPlace {
    return this.#extras.stderr
  }

  /**
   * Stops the task: a waiting one never starts; a running one gets `task().signal`, and is killed after the grace period where that can be done.
   * The future then rejects with `TaskCancelled`, and what depends on it with `DependencyError`. Does nothing to a task that has ended.
   */
  cancel(reason: unknown = 'cancel() was called'): void {
    if (this.task) this.#kernel.cancel(this.task, reason)
  }

  /** A future of one element or property of the value, as JavaScript reads it. It fails where this one fails. */
  get<Key extends keyof T>(key: Key): AppFuture<T[Key]> {
    return this.#kernel.pick(this, key) as AppFuture<T[Key]>
  }

  /** @internal */
  get task(): TaskHandle | undefined {
    return typeof this.#task === 'string' ? undefined : this.#task
  }

  /** @internal `task 7 (align)` */
  get description(): string {
    if (typeof this.#task === 'string') return this.#task
    return this.#task ? `task ${this.taskId} (${this.#task.app.name})` : `task ${this.taskId}`
  }

  /** @internal */
  begin(task: TaskHandle, extras: FutureExtras | undefined): void {
    this.#task = task
    if (extras) this.#extras = extras
  }

  /** @internal Lets go of the task. */
  end(state: TaskState): void {
    this.#task = state === 'execDone' || state === 'memoDone' ? undefined : this.description
    this.#state = state
  }

  /** @internal Someone looks at a file of this task. */
  outputObserved(output: LazyPromise<unknown>): void {
    this.look()
    this.#kernel.observed(output)
  }

  protected override observed(): void {
    this.#kernel.observed(this)
  }
}
