import { type Clock, complaintsAbout, ConfigurationError, ExecutorError, isBoolean } from '@parsl/interfaces'
import { callEach } from '@parsl/worker'
import { appOf, nameOf, refuseUncallable } from '../app/app.js'
import { type AppOptions, defineApp } from '../app/options.js'
import type { App, LiftAll, OutputsOf, ResultOf } from '../app/types.js'
import type { AppFuture } from '../future/app-future.js'
import type { DataFlowKernel } from '../kernel/kernel.js'
import { staysWithKernel, type Submitter } from '../kernel/loaded.js'
import type { AppDefinition } from '../kernel/task.js'
import { mapOver, requestOf } from './map.js'
import type { ShutdownOptions } from './options.js'
import { newOwnTasks } from './own-tasks.js'
import type { PoolMap } from './types.js'

type Body = (...args: never[]) => unknown

/** What a function is in a pool. The app is made when somebody asks for it: functions that are submitted once may be many. */
interface Known {
  readonly definition: AppDefinition
  app: App<never[], unknown> | undefined
  /** Calls the function several times in one task. */
  chunked: AppDefinition | undefined
}

interface PoolParts {
  readonly kernel: DataFlowKernel
  readonly owned: boolean
  readonly executors: 'all' | readonly string[]
  readonly clock: Clock
}

const SHUT = 'it is shut down, and takes nothing more: submit before shutdown(), or make another pool'

/**
 * Calls functions in parallel without making them apps first, as pools of other libraries do. Made by `parslPoolExecutor()`. What it gives are futures as
 * those of apps: each may be an argument of the other's calls.
 */
export class ParslPoolExecutor implements AsyncDisposable {
  readonly #parts: PoolParts
  readonly #tasks = newOwnTasks()
  readonly #submitter: Submitter
  readonly #options: AppOptions
  readonly #known = new WeakMap<Body, Known>()
  #appCount = 0
  #isShut = false
  #closing: Promise<unknown> | undefined

  /** @internal */
  constructor(parts: PoolParts) {
    const { kernel, executors } = parts
    this.#parts = parts
    this.#submitter = {
      runDir: kernel.runDir,
      submit: (app, args) => {
        this.#refuseIfShut()
        const future = kernel.submit(app, args)
        this.#tasks.add(future)
        return future
      },
    }
    this.#options = { executors, kernel: this.#submitter }
  }

  /** The kernel that runs what is submitted. */
  get dfk(): DataFlowKernel {
    return this.#parts.kernel
  }

  /** How many functions were submitted so far. */
  get appCount(): number {
    return this.#appCount
  }

  /**
   * Calls a function on one of the pool's executors: a task, and at once its future. Futures among the arguments, at any depth, are waited for and
   * replaced by their values.
   * @throws ExecutorError `PARSL_EXECUTOR` after `shutdown()`; NoDataFlowKernelError `PARSL_NO_KERNEL` where the kernel was closed; ConfigurationError
   * `PARSL_CONFIG` for what is no function; every other error rejects the future
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- `unknown[]` would turn defaulted parameters into `unknown`
  submit<Args extends any[], Result, const Given extends LiftAll<Args>>(
    fn: (...args: Args) => Result,
    ...args: Given
  ): AppFuture<ResultOf<Result>, OutputsOf<Given>> {
    const { definition } = this.#knownOf(fn as Body, this.submit)
    return this.#submitter.submit(definition, args) as AppFuture<never, never>
  }

  /**
   * Calls a function for each item, `map(fn, items)`, or with one item of each source at a time, `map(fn, as, bs)`, and gives the results in the order of
   * the items. All is submitted at once, but for `{ buffersize }`. A failed call throws at its place; then, when time is up, and when the loop is left
   * early, what has not ended is cancelled.
   * @throws ConfigurationError `PARSL_CONFIG`, ExecutorError `PARSL_EXECUTOR` after `shutdown()`; within the loop AppTimeout `PARSL_APP_TIMEOUT`
   */
  readonly map: PoolMap = (fn: Body, ...rest: readonly unknown[]) => {
    this.#refuseIfShut()
    const request = requestOf(rest)
    const known = this.#knownOf(fn, this.map as Body)
    const { definition } = known
    const submit = (app: AppDefinition, args: readonly unknown[]) =>
      this.#submitter.submit(app, args) as AppFuture<unknown>
    return mapOver(request, {
      name: definition.name,
      clock: this.#parts.clock,
      one: (args) => submit(definition, args),
      several: (lists) => submit((known.chunked ??= this.#chunkedOf(fn, definition)), lists),
    }) as never
  }

  /** The app that a function is in this pool: for its `with(options)`, and to look at. */
  // oxlint-disable-next-line typescript/no-explicit-any -- `unknown[]` would turn defaulted parameters into `unknown`
  getApp<Args extends any[], Result>(fn: (...args: Args) => Result): App<Args, ResultOf<Result>> {
    const known = this.#knownOf(fn as Body, this.getApp)
    const { name, kind } = known.definition
    known.app ??= appOf({ kind, body: fn as Body, name, kernel: undefined }, this.#options, known.definition)
    return known.app as unknown as App<Args, ResultOf<Result>>
  }

  /**
   * Takes nothing more, and waits until what was submitted has ended; then closes the kernel, if it is the pool's own. May be called again, to wait or to
   * cancel after all.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const complaints = complaintsAbout<ShutdownOptions>(
      options,
      { wait: isBoolean, cancelFutures: isBoolean },
      'options of shutdown',
    )
    if (complaints.length > 0) throw new ConfigurationError(complaints)
    const { wait = true, cancelFutures = false } = options
    const { kernel, owned } = this.#parts
    this.#isShut = true
    if (cancelFutures) this.#tasks.cancel('waiting', 'its pool was shut down')
    if (owned) this.#closing ??= kernel.close({ wait: true })
    if (wait) await (this.#closing ?? this.#tasks.ended())
  }

  /** Shuts down, waiting for what was submitted. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  /** @internal Shuts down, and stops what has not ended. */
  async abort(): Promise<void> {
    const { kernel, owned } = this.#parts
    this.#isShut = true
    this.#tasks.cancel('all', 'the block of its pool threw')
    await (owned ? kernel.close() : this.#tasks.ended())
  }

  #refuseIfShut(): void {
    if (this.#isShut) throw new ExecutorError('ParslPoolExecutor', SHUT)
  }

  #knownOf(fn: Body, caller: Body): Known {
    const known = this.#known.get(fn)
    if (known) return known
    this.#refuseIfShut()
    refuseUncallable(fn)
    const definition = defineApp({ kind: 'js', body: fn, name: nameOf(fn, caller) }, this.#options)
    const made: Known = { definition, app: undefined, chunked: undefined }
    this.#known.set(fn, made)
    this.#appCount++
    return made
  }

  #chunkedOf(fn: Body, { name, kind }: AppDefinition): AppDefinition {
    // The worker has `callEach` itself; bound to it, the function travels once.
    return defineApp({ kind, body: callEach.bind(undefined, fn), name }, this.#options)
  }
}

staysWithKernel(ParslPoolExecutor.prototype, 'it is a pool')
