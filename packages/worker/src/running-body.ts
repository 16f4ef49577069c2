import {
  AppTimeout,
  type FailureKind,
  type Logger,
  type ResourceSpec,
  type TaskSpec,
  type TaskTry,
} from '@parsl/interfaces'
import type { Place, StoppableBody } from './place.js'
import { runBody } from './run-body.js'
import { logWith } from './task-log.js'
import { type CallableTask, callWithin, isThenable } from './task-context.js'

/** How much longer than its grace period a killed command may take to be gone, before we go on without it. */
const REAP_MS = 5_000

/** How long a body may take to stop: its grace period, and for a command the time until what was killed is gone. */
export const patienceFor = ({ kind }: TaskSpec, killGraceMs: number): number =>
  kind === 'js' ? killGraceMs : killGraceMs + REAP_MS

/** What only a body with limits, or one that is to stop, needs. Apart, since most bodies have neither. */
interface Control {
  stop?: { readonly reason: unknown; readonly kind: FailureKind }
  abort?: AbortController
  deadline?: Date
  whenStopped?: () => void
  callOffTimer?: () => void
}

/** One body while it runs: started once, reported once, stopped at most once. It is also what `task()` gives inside the body. */
export class RunningBody implements CallableTask, StoppableBody {
  readonly place: Place
  /** What it runs. */
  readonly taskTry: TaskTry
  #settled = false
  #control: Control | undefined

  constructor(attempt: TaskTry, place: Place) {
    this.taskTry = attempt
    this.place = place
  }

  get #limits(): Control {
    return (this.#control ??= {})
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
  get spec(): TaskSpec {
    return this.taskTry.spec
  }
  get resources(): ResourceSpec {
    return this.taskTry.spec.resources
  }
  get log(): Logger {
    return logWith(this.place.log, { task: this.id, app: this.app, attempt: this.attempt })
  }
  get deadline(): Date | undefined {
    return this.#control?.deadline
  }
  get signal(): AbortSignal {
    const control = this.#limits
    control.abort ??= new AbortController()
    if (control.stop) control.abort.abort(control.stop.reason)
    return control.abort.signal
  }

  /** Whether the body has asked for the signal, and may wait for it. */
  get hearsSignal(): boolean {
    return this.#control?.abort !== undefined
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
      const result = callWithin(this)
      if (!isThenable(result) || this.place.keeps?.(this.taskTry, result)) return this.#succeed(result)
      result.then(
        (value) => this.#succeed(value),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The body itself; `start` is what watches over it. */
  call(): unknown {
    return runBody(this)
  }

  /** Asks the body to stop. It is reported as failed with this reason when it has, or when the grace period is over. */
  stop(reason: unknown, kind: FailureKind = 'stopped'): void {
    const control = this.#limits
    if (this.#settled || control.stop) return
    control.stop = { reason, kind }
    control.callOffTimer?.()
    const { killGraceMs, clock } = this.place
    const patienceMs = patienceFor(this.taskTry.spec, killGraceMs)
    if (this.place.isKilledOtherwise !== true) control.callOffTimer = clock.after(patienceMs, () => this.#writeOff())
    control.abort?.abort(reason)
    control.whenStopped?.()
  }

  /** Gives up a body that will never end. */
  abandon(error: unknown): void {
    this.#fail(error)
  }

  /** Calls `kill` when the body is to stop, at once where it is already. */
  whenStopped(kill: () => void): void {
    if (this.#limits.stop) kill()
    else this.#limits.whenStopped = kill
  }

  throwIfStopped(): void {
    const stop = this.#control?.stop
    if (stop) throw stop.reason
  }

  #limit(walltimeMs: number): void {
    const { clock } = this.place
    this.#limits.deadline = new Date(clock.now() + walltimeMs)
    this.#limits.callOffTimer = clock.after(
      walltimeMs,
      () => this.stop(new AppTimeout({ app: this.app, limit: 'walltime', limitMs: walltimeMs }), 'body'),
      'keepAlive',
    )
  }

  #writeOff(): void {
    if (this.#settled) return
    this.log.warn({}, 'the body did not stop within its grace period and is written off; it may still run')
    this.#fail(this.#control?.stop?.reason)
  }

  #succeed(value: unknown): void {
    if (this.#control?.stop) return this.#fail(undefined)
    if (this.#settled) return
    this.#settled = true
    this.#control?.callOffTimer?.()
    this.place.report.succeeded(this.taskTry, value)
  }

  #fail(error: unknown): void {
    if (this.#settled) return
    this.#settled = true
    this.#control?.callOffTimer?.()
    const stop = this.#control?.stop
    if (stop) this.place.report.failed(this.taskTry, stop.reason, stop.kind)
    else this.place.report.failed(this.taskTry, error, 'body')
  }
}
