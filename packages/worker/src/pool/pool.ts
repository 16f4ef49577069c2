import type { Clock, FailureKind, Guardian, Logger } from '@parsl/interfaces'
import type { FromWorker } from '../messages.js'
import { newPump } from '../pump.js'
import { isSpent } from '../travel/laden.js'
import type { Parcel } from '../travel/parcel.js'
import { type Holding, newHolding } from './holding.js'
import type { OpenWorker, WorkerEnd, WorkerLink } from './link.js'
import { Seat } from './seat.js'
import { newPoolState, type PoolLimits, type PoolState, type Work } from './state.js'
import { type PoolCommand, type PoolEvent, step } from './step.js'

/** A try as a pool runs it. */
export interface PoolWork extends Work {
  readonly parcel: Parcel
  /** How long its worker may take, from its beginning, until it is killed (a walltime with all the grace there is), and why. */
  readonly limit: { readonly ms: number; readonly error: () => Error } | undefined
  /** How long it may take to stop. */
  readonly graceMs: number
}

/** The bytes of what a body gave or threw. */
export type Outcome = Extract<FromWorker, { type: 'succeeded' | 'failed' }>

/** What a pool tells of its tries. Each ends once, by `ended` or `failed`. */
export interface PoolReport<W extends PoolWork> {
  began(work: W, where: string): void
  ended(work: W, outcome: Outcome): void
  failed(work: W, error: unknown, kind: FailureKind): void
  /** No worker could be started, one time after another. */
  broken(error: Error): void
}

/** What the end of a worker says. */
export interface WorkerFailure extends WorkerEnd {
  readonly worker: string
  /** The exit code with which a body ended it. */
  readonly exited: number | undefined
}

export interface PoolSetup<W extends PoolWork> {
  readonly limits: PoolLimits
  readonly open: OpenWorker
  /** For people: what one worker is called. */
  readonly nameOf: (worker: number) => string
  readonly report: PoolReport<W>
  /** The error of a try whose worker ended under it. */
  readonly failureOf: (end: WorkerFailure, work: W | undefined) => { readonly error: Error; readonly kind: FailureKind }
  readonly clock: Clock
  readonly log: Logger
  readonly guardian: Guardian
}

/** How long a killed worker may take to be gone, before we go on without it. */
const REAP_MS = 1_000

const UNKNOWN_END: WorkerEnd = { exitCode: null, signal: null, outOfMemory: false, evidence: '' }

type Performers<W extends Work> = {
  readonly [Type in PoolCommand<W>['type']]: (
    command: Extract<PoolCommand<W, Outcome>, { type: Type }>,
    seat: Seat<W & PoolWork>,
  ) => void
}

/** Workers, and the tries that they run: performs what `step` commands. */
export class WorkerPool<W extends PoolWork> {
  readonly #setup: PoolSetup<W>
  readonly #state: PoolState<W>
  readonly #seats = new Map<number, Seat<W>>()
  readonly #ids = new Map<W, number>()
  readonly #timers = new Map<W, () => void>()
  readonly #writtenOff = new Set<WorkerLink>()
  readonly #queue: PoolEvent<W, Outcome>[] = []
  readonly #pump = newPump(() => this.#turn())
  readonly #holding: Holding
  readonly #closed = Promise.withResolvers<void>()
  #isBusy = false
  #isClosing = false
  #nextId = 1
  #outstanding = 0

  readonly #performers: Performers<W> = {
    open: ({ worker, heapMb }) => this.#open(worker, heapMb),
    send: ({ worker, work }, seat) => {
      const id = this.#nextId++
      this.#ids.set(work, id)
      seat.run(id, work, this.#state.workers.get(worker)?.current === work)
    },
    began: ({ work }, seat) => {
      const { limit } = work
      if (limit) this.#allow(work, limit.ms, () => ({ reason: limit.error(), kind: 'body' }))
      this.#setup.report.began(work, seat.link.name)
    },
    takeBack: ({ worker, works }, seat) => this.#takeBack(worker, works, seat),
    askToStop: ({ work, reason, kind }, seat) => {
      seat.post({ type: 'stop', id: this.#ids.get(work) ?? 0, reason: String(reason) })
      this.#allow(work, work.graceMs, () => ({ reason, kind }))
    },
    end: ({ worker }, seat) => {
      seat.flush()
      seat.link.end()
      seat.callOff = this.#setup.clock.after(REAP_MS, () => this.#kill(worker, seat))
    },
    kill: ({ worker }, seat) => this.#kill(worker, seat),
    ended: ({ work, outcome }) => {
      this.#forget(work)
      this.#setup.report.ended(work, outcome)
    },
    failed: ({ work, error, kind }) => {
      this.#forget(work)
      this.#setup.report.failed(work, error, kind)
    },
    broken: ({ error }) => this.#setup.report.broken(error),
  }

  constructor(setup: PoolSetup<W>) {
    this.#setup = setup
    this.#state = newPoolState<W>(setup.limits)
    this.#holding = newHolding(setup.clock, (isHeld) => {
      for (const { link } of this.#seats.values()) link.hold(isHeld)
    })
  }

  /** Tries taken and not ended. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** Names of workers that could not be ended, and may still run. */
  get writtenOff(): readonly string[] {
    return [...this.#writtenOff].map(({ name }) => name)
  }

  /** Takes a try; it begins after this turn at the earliest. */
  submit(work: W): void {
    this.#outstanding++
    this.#dispatch({ type: 'submitted', work })
    this.#pump()
  }

  stop(work: W, reason: unknown): void {
    this.#dispatch({ type: 'stopRequested', work, reason, kind: 'stopped' })
  }

  /** Has every worker forget a shared value. */
  forget(share: string): void {
    for (const seat of this.#seats.values()) seat.forget(share)
    this.#settle()
  }

  /** Starts so many workers before there is work for them. */
  warmUp(count: number): void {
    this.#dispatch({ type: 'wanted', count })
  }

  /** Ends every worker; resolves when none is left but those that cannot be ended. */
  close(): Promise<void> {
    this.#isClosing = true
    this.#dispatch({ type: 'closed' })
    this.#settle()
    return this.#closed.promise
  }

  #turn(): boolean {
    this.#dispatch({ type: 'turn' })
    return false
  }

  /** Has the state take in an event, and performs what follows. Within such a call, an event waits its turn. */
  #dispatch(event: PoolEvent<W, Outcome>): void {
    this.#queue.push(event)
    if (this.#isBusy) return
    this.#isBusy = true
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      for (const command of step(this.#state, next) as readonly PoolCommand<W, Outcome>[]) this.#perform(command)
    }
    this.#isBusy = false
    this.#settle()
  }

  #perform(command: PoolCommand<W, Outcome>): void {
    const seat = 'worker' in command ? this.#seats.get(command.worker) : undefined
    if ('worker' in command && command.type !== 'open' && !seat) return
    ;(this.#performers[command.type] as (command: PoolCommand<W, Outcome>, seat: Seat<W> | undefined) => void)(
      command,
      seat,
    )
  }

  /** What must hold after each event: what was written is sent, and the program waits for workers while they have work. */
  #settle(): void {
    for (const seat of this.#seats.values()) seat.flush()
    this.#holding.need(this.#outstanding > 0 || this.#isClosing)
    if (this.#isClosing && this.#seats.size === 0) this.#closed.resolve()
  }

  #open(worker: number, heapMb: number | undefined): void {
    const { open, guardian, nameOf } = this.#setup
    try {
      const link = open(
        { name: nameOf(worker), heapMb },
        {
          message: (message) => this.#seats.get(worker) === seat && this.#hear(worker, message, seat),
          gone: (end) => this.#gone(worker, end, seat),
        },
      )
      const seat = new Seat<W>(link, guardian)
      this.#seats.set(worker, seat)
      link.hold(this.#holding.isHeld)
    } catch (error) {
      const evidence = (error as Error).message
      this.#tellGone(worker, { ...UNKNOWN_END, evidence, worker: nameOf(worker), exited: undefined }, [])
    }
  }

  #hear(worker: number, message: FromWorker, seat: Seat<W>): void {
    const { log } = this.#setup
    if (message.type === 'succeeded' || message.type === 'failed') this.#finished(worker, message, seat)
    else if (message.type === 'ready') this.#dispatch({ type: 'ready', worker })
    else if (message.type === 'wants') seat.answer(message.parts)
    else if (message.type === 'log') log[message.level](message.facts, message.message)
    else if (message.type === 'exiting') seat.exited = message.exitCode
    else if (message.type === 'tainted') {
      log.warn({ worker: seat.link.name, reason: message.reason }, 'a worker is replaced')
      this.#dispatch({ type: 'tainted', worker })
    } else seat.note(message)
    this.#pump()
  }

  #finished(worker: number, outcome: Outcome, seat: Seat<W>): void {
    const work = seat.works.get(outcome.id)
    if (!work) return
    seat.works.delete(outcome.id)
    this.#dispatch({ type: 'finished', worker, work, ms: outcome.ms, outcome })
  }

  /** The time after which the worker of a try is killed. */
  #allow(work: W, ms: number, why: () => { readonly reason: unknown; readonly kind: FailureKind }): void {
    this.#timers.get(work)?.()
    const overdue = (): void => this.#dispatch({ type: 'overdue', work, ...why() })
    this.#timers.set(work, this.#setup.clock.after(ms, overdue))
  }

  #forget(work: W): void {
    this.#timers.get(work)?.()
    this.#timers.delete(work)
    this.#ids.delete(work)
    this.#outstanding--
  }

  #takeBack(worker: number, works: readonly W[], seat: Seat<W>): void {
    seat.flush()
    const ids = works.map((work) => this.#ids.get(work) ?? 0)
    const taken = seat.link.takeBack(ids).flatMap((id) => {
      const work = seat.works.get(id)
      seat.works.delete(id)
      return work ? [work] : []
    })
    this.#dispatch({ type: 'takenBack', worker, works: taken })
    this.#pump()
  }

  #kill(worker: number, seat: Seat<W>): void {
    const { clock, log } = this.#setup
    seat.callOff?.()
    seat.link.kill()
    seat.callOff = clock.after(REAP_MS, () => {
      log.warn({ worker: seat.link.name }, 'a worker cannot be ended and is written off; what it runs may go on')
      this.#writtenOff.add(seat.link)
      seat.link.hold(false)
      this.#gone(worker, UNKNOWN_END, seat)
    })
  }

  #gone(worker: number, end: WorkerEnd, seat: Seat<W>): void {
    if (this.#seats.get(worker) !== seat) return void this.#writtenOff.delete(seat.link)
    this.#seats.delete(worker)
    seat.clear()
    const untouched = seat.link
      .takeBack([...seat.works.keys()])
      .map((id) => seat.works.get(id) as W)
      .filter(({ parcel }) => !isSpent(parcel))
    this.#tellGone(worker, { ...end, worker: seat.link.name, exited: seat.exited }, untouched)
  }

  #tellGone(worker: number, end: WorkerFailure, untouched: readonly W[]): void {
    const { current } = this.#state.workers.get(worker) ?? {}
    this.#dispatch({ type: 'gone', worker, untouched, failure: this.#setup.failureOf(end, current) })
    this.#pump()
  }
}
