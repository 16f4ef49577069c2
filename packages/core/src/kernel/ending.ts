import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Registry } from '../executor/registry.js'
import type { Closable } from '../life/process-life.js'
import { tell } from '../life/tell.js'
import type { trackUsage } from '../life/usage-tracking.js'
import { failStalled } from './dry-loop.js'
import type { Runner } from './runner.js'
import { closeAround, type Surroundings } from './start.js'
import { type KernelState, liveTasks } from './state.js'
import type { TaskRecord } from './task.js'
import { type Unawaited, unawaitedReport } from './unawaited.js'
import type { RunSummary } from './views.js'

/** How much longer than the grace period we wait for executors to report what they stopped. */
const STOP_REPORT_MS = 15_000
const CLOSED = 'its kernel was closed'

/** What ending a kernel needs. */
export interface EndingParts {
  readonly around: Surroundings
  readonly registry: Registry
  readonly state: KernelState
  readonly runner: Runner
  readonly unawaited: Unawaited
  readonly startedAt: number
  readonly endUsage: ReturnType<typeof trackUsage>
  cancel(task: TaskRecord, why: string): void
}

/** How a kernel comes to its end: when asked to, when the program is interrupted, when nothing is left to do. */
export class Ending implements Closable {
  readonly #parts: EndingParts
  readonly #undo: (() => void)[] = []
  #idle: (() => void)[] = []
  #closing: Promise<RunSummary> | undefined
  /** Looks at a dry loop since one was of use. */
  #dryLooks = 0
  /** Why nothing more is taken, once nothing is. */
  draining: string | undefined
  isClosed = false

  constructor(parts: EndingParts) {
    this.#parts = parts
  }

  get handlesSignals(): boolean {
    return this.#parts.around.settings.handleSignals
  }

  /** Has something undone when the kernel has ended. */
  atEnd(undo: () => void): void {
    this.#undo.push(undo)
  }

  close(wait: boolean): Promise<RunSummary> {
    if (this.#closing && !wait && !this.isClosed) {
      this.#stopAll(CLOSED)
      this.#parts.runner.keeping.callOff(CLOSED)
    }
    this.#closing ??= this.#close(wait)
    return this.#closing
  }

  loopIsDry(): void {
    const { state, runner } = this.#parts
    if (state.live > 0) return this.#failStalled()
    runner.keeping.callOff('nothing is left on the event loop that could bring it there')
    if (!this.#closing) void this.close(false)
  }

  async drain(): Promise<void> {
    const why = 'the program was interrupted'
    this.draining = why
    this.#parts.state.draining = true
    for (const task of liveTasks(this.#parts.state)) {
      if (task.state !== 'running' && task.state !== 'joining') this.#parts.cancel(task, why)
    }
    await this.close(true)
  }

  async end(): Promise<void> {
    const why = 'the program was told to end'
    this.draining = why
    this.#stopAll(why)
    await this.close(false)
  }

  /** A task has ended. */
  taskEnded(): void {
    if (this.#parts.state.live > 0 || this.#idle.length === 0) return
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  #failStalled(): void {
    const { state, registry, runner } = this.#parts
    const before = state.live
    if (this.#dryLooks++ === 0) failStalled(state, registry.everyone(), runner.dispatch)
    else runner.abandon(liveTasks(state))
    if (state.live < before) this.#dryLooks = 0
    // The loop turns once more, and is looked at again when it is dry.
    setImmediate(() => {})
  }

  #stopAll(why: string): void {
    for (const task of liveTasks(this.#parts.state)) this.#parts.cancel(task, why)
  }

  #whenIdle(): Promise<void> {
    if (this.#parts.state.live === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** No task is left, and what awaited the last ones has had its turn to call more. */
  async #whenDone(): Promise<void> {
    do {
      await this.#whenIdle()
      await nextTurn()
      await this.#parts.runner.keeping.done()
    } while (this.#parts.state.live > 0)
  }

  async #close(wait: boolean): Promise<RunSummary> {
    const { around, registry, state, runner, unawaited, startedAt, endUsage } = this.#parts
    const { clock, settings, runLog } = around
    if (wait) await this.#whenDone()
    this.isClosed = true
    around.scaling.stop()
    this.#stopAll(CLOSED)
    const abandon = (): void => runner.abandon(liveTasks(state))
    const callOff = clock.after(settings.killGraceMs + STOP_REPORT_MS, abandon, 'keepAlive')
    await this.#whenIdle()
    callOff()
    runner.keeping.callOff(CLOSED)
    const counts = { ...state.counts }
    const seconds = (clock.now() - startedAt) / 1_000
    await closeAround(around, registry, { counts, seconds, unawaited: unawaited.count(), endUsage })
    for (const undo of this.#undo) undo()
    const report = unawaitedReport(unawaited, runLog.file)
    if (report !== undefined) tell(report)
    return { counts, droppedReports: state.dropped, unawaited: unawaited.list() }
  }
}
