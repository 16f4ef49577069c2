import {
  type Clock,
  ConfigurationError,
  type Duration,
  type Executor,
  NoDataFlowKernelError,
  parseDuration,
  systemClock,
  TaskCancelled,
  type TaskState,
} from '@parsl/interfaces'
import { type BashApp, bashAppFor } from '../app/bash-app.js'
import { type JoinApp, joinAppFor } from '../app/join-app.js'
import { type JsApp, jsAppFor } from '../app/js-app.js'
import type { Config } from '../config/config.js'
import { complaintsAboutAdding, type Settings, settingsOf } from '../config/validate.js'
import { deepResolver } from '../dependency/deep.js'
import { inProcessExecutor } from '../executor/in-process.js'
import { INTERNAL, newRegistry, type Registry } from '../executor/registry.js'
import { AppFuture, type FutureKernel, type TaskHandle } from '../future/app-future.js'
import type { LazyPromise } from '../future/lazy-promise.js'
import { joinProcess } from '../life/process-life.js'
import { showProgress } from '../life/progress.js'
import { trackUsage } from '../life/usage-tracking.js'
import { Ending } from './ending.js'
import { admit, type Admitting } from './admission.js'
import { circleOfBody } from './circle.js'
import { newLimits } from './limits.js'
import { forgetKernel, staysWithKernel, type Submitter } from './loaded.js'
import { PICK } from './pick.js'
import { Runner } from './runner.js'
import { checkpointNow, startExecutors, type Surroundings, surround } from './start.js'
import { type KernelState, liveTasks, newState, type StateChange } from './state.js'
import { type AppDefinition, newTask, type TaskRecord } from './task.js'
import { textOf } from './text.js'
import { newUnawaited } from './unawaited.js'
import { type CloseOptions, type RunSummary, type TaskView, viewOf } from './views.js'

const INTERNAL_EXECUTOR = inProcessExecutor({ label: INTERNAL })

/** Runs the tasks of apps when their inputs are ready. Made by `load()` or `dataFlowKernel()`. */
export class DataFlowKernel implements Submitter, FutureKernel, AsyncDisposable {
  readonly #around: Surroundings
  readonly #state: KernelState
  readonly #registry: Registry
  readonly #runner: Runner
  readonly #unawaited = newUnawaited()
  readonly #limits: ReturnType<typeof newLimits>
  readonly #startedAt: number
  readonly #kept: TaskRecord[] | undefined
  readonly #ending: Ending
  readonly #admitting: Admitting
  #nextId = 0
  #adding: Promise<void> = Promise.resolve()

  /** Makes an app of this kernel, whichever is loaded. */
  readonly jsApp: JsApp = jsAppFor(this)
  /** Makes an app of this kernel, whichever is loaded. */
  readonly bashApp: BashApp = bashAppFor(this)
  /** Makes an app of this kernel, whichever is loaded. */
  readonly joinApp: JoinApp = joinAppFor(this)

  /** @internal */
  constructor(around: Surroundings, registry: Registry) {
    const { settings, clock, runLog, runDir } = around
    this.#around = around
    this.#registry = registry
    this.#state = newState({ ...settings, monitored: settings.monitoring.length > 0 || settings.log === 'debug' })
    this.#startedAt = clock.now()
    this.#kept = settings.garbageCollect ? undefined : []
    this.#runner = new Runner({
      state: this.#state,
      clock,
      registry,
      resolver: settings.resolver,
      joins: deepResolver,
      memoizer: around.memoizer,
      staging: settings.staging,
      runDir,
      log: runLog.log,
      retry: { handler: settings.retryHandler, backoff: settings.retryBackoff, random: Math.random },
      unawaited: this.#unawaited,
      ended: () => this.#ending.taskEnded(),
      changed: (changes) => this.#report(changes),
    })
    this.#limits = newLimits(clock, this.#runner.dispatch, (task, reason) => this.cancel(task, reason))
    this.#ending = new Ending({
      around,
      registry,
      state: this.#state,
      runner: this.#runner,
      unawaited: this.#unawaited,
      startedAt: this.#startedAt,
      endUsage: trackUsage(settings.usageTracking, {
        runId: around.runId,
        executors: settings.executors.map(({ label }) => label),
      }),
      cancel: (task, why) => this.cancel(task, why),
    })
    this.#ending.atEnd(() => forgetKernel(this))
    this.#admitting = {
      settings,
      runDir,
      resolver: settings.resolver,
      dispatch: this.#runner.dispatch,
      draining: () => this.#ending.draining,
    }
  }

  /** Unique to this run. */
  get runId(): string {
    return this.#around.runId
  }

  /** The numbered folder of this run, absolute. */
  get runDir(): string {
    return this.#around.runDir
  }

  /** What it was told, with defaults filled in. */
  get config(): Settings {
    return this.#around.settings
  }

  /** Executors by label. */
  get executors(): ReadonlyMap<string, Executor> {
    return new Map(this.#registry.all().map(({ plugin }) => [plugin.label, plugin]))
  }

  /** Tasks that have not ended; every task where `garbageCollect` is off. */
  get tasks(): readonly TaskView[] {
    return (this.#kept ?? liveTasks(this.#state)).map(viewOf)
  }

  /** Tasks submitted so far. */
  get taskCount(): number {
    return this.#nextId
  }

  /** How many tasks are in each state now. */
  get taskStateCounts(): Readonly<Record<TaskState, number>> {
    return { ...this.#state.counts }
  }

  /** @internal */
  submit(app: AppDefinition, args: readonly unknown[]): AppFuture<unknown, readonly unknown[]> {
    if (this.#ending.isClosed) throw new NoDataFlowKernelError(`app ${app.name}`, 'closed')
    const future = new AppFuture<unknown, readonly unknown[]>(this.#nextId++, this)
    const task = newTask(app, args, future)
    this.#kept?.push(task)
    const { extras, refusal } = admit(task, this.#admitting)
    this.#limits.watch(task)
    future.begin(task, extras)
    this.#runner.dispatch(refusal ? { type: 'submitted', task, refusal } : { type: 'submitted', task })
    return future
  }

  /** Starts further executors. @throws ConfigurationError `PARSL_CONFIG` for a label that is taken, and what an executor's start throws */
  addExecutors(executors: readonly Executor[]): Promise<void> {
    // One call after the other, so that each sees the labels of those before.
    const added = this.#adding.then(() => this.#addExecutors(executors))
    this.#adding = added.catch(() => {})
    return added
  }

  /** @internal Stops a task; see `AppFuture.cancel`. */
  cancel(task: TaskHandle, reason: unknown): void {
    const record = task as TaskRecord
    const details = { app: record.app.name, taskId: record.id }
    const error = new TaskCancelled(details, textOf(reason), { cause: reason })
    this.#runner.dispatch({ type: 'stopRequested', task: record, error, final: 'cancelled' })
  }

  /** @internal */
  observed(future: LazyPromise<unknown>): void {
    if (future.failure) this.#unawaited.remove(future)
  }

  /** @internal */
  pick(future: AppFuture<unknown, readonly unknown[]>, key: PropertyKey): AppFuture<unknown> {
    return this.submit(PICK, [future, key]) as AppFuture<unknown>
  }

  /** @internal */
  circle(future: AppFuture<unknown, readonly unknown[]>): Error | undefined {
    return circleOfBody(future)
  }

  /**
   * Waits until every task submitted so far has ended, well or not. Tasks submitted meanwhile are not waited for.
   * @param options.timeout give up after so long: the promise then gives `false`
   */
  async waitForCurrentTasks({ timeout }: { readonly timeout?: Duration } = {}): Promise<boolean> {
    const futures = liveTasks(this.#state).map(({ future }) => future)
    const all = Promise.all(futures.map((future) => new Promise<void>((resolve) => future.watch(resolve))))
    if (timeout === undefined) return all.then(() => true)
    const late = Promise.withResolvers<false>()
    const callOff = this.#around.clock.after(parseDuration(timeout), () => late.resolve(false), 'keepAlive')
    try {
      return await Promise.race([all.then(() => true), late.promise])
    } finally {
      callOff()
    }
  }

  /**
   * Writes the results that wait to be written to the checkpoint, and tells how many those were.
   * @throws ConfigurationError `PARSL_CONFIG` where the memoizer writes none
   */
  checkpoint(): Promise<number> {
    return checkpointNow(this.#around)
  }

  /**
   * Ends the run: waits for tasks where asked to, stops what has not ended (their futures reject with `TaskCancelled`), closes executors, and leaves
   * nothing behind. Failures that nobody awaited are reported on standard error. A second call gives the same promise; if it does not `wait`, it ends the waiting of the first.
   */
  close({ wait = false }: CloseOptions = {}): Promise<RunSummary> {
    return this.#ending.close(wait)
  }

  /** Closes as the configuration's `exitMode` says. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { exitMode } = this.#around.settings
    if (exitMode !== 'skip') await this.close({ wait: exitMode === 'wait' })
  }

  /** @internal Starts what the constructor cannot wait for. */
  async begin(): Promise<void> {
    const { settings, runLog, runDir, runId, clock, reporter, scaling } = this.#around
    for (const started of await startExecutors([INTERNAL_EXECUTOR, ...settings.executors], this.#around, this.#runner))
      this.#registry.add(started)
    runLog.log.info({ runId, executors: this.#registry.labels, node: process.version }, 'the kernel has started')
    reporter.event({ type: 'runStarted', at: clock.now(), runId, runDir })
    scaling.watch(this.#registry.all())
    this.#ending.atEnd(joinProcess(this.#ending))
    if (settings.progress === true || (settings.progress === 'auto' && process.stderr.isTTY)) {
      this.#ending.atEnd(showProgress(() => ({ counts: this.#state.counts, elapsedMs: clock.now() - this.#startedAt })))
    }
  }

  async #addExecutors(executors: readonly Executor[]): Promise<void> {
    const refuseIfClosed = (): void => {
      if (this.#ending.isClosed) throw new NoDataFlowKernelError('addExecutors()', 'closed')
    }
    refuseIfClosed()
    const complaints = complaintsAboutAdding(executors, [...this.executors.values()])
    if (complaints.length > 0) throw new ConfigurationError(complaints)
    const started = await startExecutors(executors, this.#around, this.#runner)
    if (this.#ending.isClosed) await Promise.allSettled(started.map(({ running }) => running.close()))
    refuseIfClosed()
    for (const executor of started) this.#registry.add(executor)
    this.#around.scaling.watch(started)
  }

  #report(changes: readonly StateChange[]): void {
    for (const { task, ...change } of changes) {
      const { id: taskId, app, executor, where } = task
      const event = { type: 'task', taskId, app: app.name, executor, where, ...change } as const
      this.#around.runLog.log.debug(event, `task ${taskId} is ${change.state}`)
      this.#around.reporter.event(event)
    }
  }
}

/** `dataFlowKernel`, with time from where a test takes it. */
export const startKernel = async (config: Config, clock: Clock): Promise<DataFlowKernel> => {
  const around = await surround(await settingsOf(config), clock)
  const registry = newRegistry()
  const kernel = new DataFlowKernel(around, registry)
  try {
    await kernel.begin()
    return kernel
  } catch (error) {
    await Promise.allSettled(registry.everyone().map(({ running }) => running.close()))
    await around.memoizer.close()
    await around.guardian.close()
    await around.record.failed(error)
    await around.runLog.close()
    throw error
  }
}

/**
 * Starts a kernel without making it the loaded one, so that several can run side by side; its apps are made by `kernel.jsApp` and its kin, or with the option `kernel`.
 * @throws ConfigurationError, RunDirError, and what an executor's start throws
 */
export const dataFlowKernel = (config: Config = {}): Promise<DataFlowKernel> => startKernel(config, systemClock)

staysWithKernel(DataFlowKernel.prototype, 'it is the kernel')
staysWithKernel(dataFlowKernel)
