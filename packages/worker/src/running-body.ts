import {
  AppTimeout,
  type Clock,
  type ExecutorReport,
  type FailureKind,
  type Guardian,
  type Logger,
  type ResourceSpec,
  type TaskTry,
} from '@parsl/interfaces'
import { runBody } from './run-body.js'
import { type TaskContext, taskStorage } from './task-context.js'

/** The surroundings of bodies in one process. */
export interface Place {
  readonly report: Pick<ExecutorReport, 'succeeded' | 'failed'>
  readonly clock: Clock
  readonly log: Logger
  readonly guardian: Guardian
  readonly killGraceMs: number
}

/** How much longer than its grace period a killed command may take to be gone, before we go on without it. */
const REAP_MS = 5_000

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

interface Stop {
  readonly reason: unknown
  readonly kind: FailureKind
}

/** One body while it runs: started once, reported once, stopped at most once. It is also what `task()` gives inside the body. */
export class RunningBody implements TaskContext {
  readonly place: Place
  /** What it runs. */
  readonly taskTry: TaskTry
  #settled = false
  #stop: Stop | undefined
  #controller: AbortController | undefined
  #deadline: Date | undefined
  #whenStopped: (() => void) | undefined
  #endTimer: (() => void) | undefined

  constructor(attempt: TaskTry, place: Place) {
    this.taskTry = attempt
    this.place = place
  }

  get id(): number {
    return this.taskTry.taskId
  }
  get app(): string {
    return this.taskTry.spec.app
  }
  get attempt(): number {
    return this.taskTry.attempt
  }
  get resources(): ResourceSpec {
    return this.taskTry.spec.resources
  }
  get log(): Logger {
    return this.place.log
  }
  get deadline(): Date | undefined {
    return this.#deadline
  }
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#stop) this.#controller.abort(this.#stop.reason)
    return this.#controller.signal
  }

  /** Whether its end was reported. */
  get isSettled(): boolean {
    return this.#settled
  }

  /** Runs the body; `place.report` hears of its end, perhaps within this call. */
  start(): void {
    const { walltimeMs } = this.taskTry.spec
    if (walltimeMs !== undefined) this.#limit(walltimeMs)
    try {
      const result = taskStorage().run(this, runBody, this.taskTry, this)
      if (!isThenable(result)) return this.#succeed(result)
      result.then(
        (value) => this.#succeed(value),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Asks the body to stop. It is reported as failed with this reason when it has, or when the grace period is over. */
  stop(reason: unknown, kind: FailureKind = 'stopped'): void {
    if (this.#settled || this.#stop) return
    this.#stop = { reason, kind }
    this.#endTimer?.()
    const { killGraceMs, clock } = this.place
    this.#endTimer = clock.after(this.taskTry.spec.kind === 'js' ? killGraceMs : killGraceMs + REAP_MS, () =>
      this.#writeOff(),
    )
    this.#controller?.abort(reason)
    this.#whenStopped?.()
  }

  /** Gives up a body that will never end. */
  abandon(error: unknown): void {
    this.#fail(error)
  }

  /** Calls `kill` when the body is to stop, at once where it is already. */
  whenStopped(kill: () => void): void {
    if (this.#stop) kill()
    else this.#whenStopped = kill
  }

  throwIfStopped(): void {
    if (this.#stop) throw this.#stop.reason
  }

  #limit(walltimeMs: number): void {
    const { clock } = this.place
    this.#deadline = new Date(clock.now() + walltimeMs)
    this.#endTimer = clock.after(walltimeMs, () =>
      this.stop(new AppTimeout({ app: this.app, limit: 'walltime', limitMs: walltimeMs }), 'body'),
    )
  }

  #writeOff(): void {
    if (this.#settled) return
    this.log.warn(
      { task: this.id, app: this.app },
      'the body did not stop within its grace period and is written off; it may still run',
    )
    this.#fail(this.#stop?.reason)
  }

  #succeed(value: unknown): void {
    if (this.#stop) return this.#fail(undefined)
    if (this.#settled) return
    this.#settled = true
    this.#endTimer?.()
    this.place.report.succeeded(this.taskTry, value)
  }

  #fail(error: unknown): void {
    if (this.#settled) return
    this.#settled = true
    this.#endTimer?.()
    if (this.#stop) this.place.report.failed(this.taskTry, this.#stop.reason, this.#stop.kind)
    else this.place.report.failed(this.taskTry, error, 'body')
  }
}
