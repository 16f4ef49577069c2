import { type FakeClock, fakeClock } from '@parsl/testing'
import { isParslError, type MonitoringEvent, type TaskTry } from '@parsl/interfaces'
import {
  type AppFuture,
  type Config,
  type DataFlowKernel,
  inProcessExecutor,
  task as current,
} from '../../src/index.js'
import { startKernel } from '../../src/kernel/kernel.js'
import { type FakeExecutor, Lost, type Move, newFakeExecutor } from './fake-executor.js'
import { type Disturbance, foreignValue, NOBODY, valueOf } from './oracle.js'
import { build, type Dag, fateOf, type JoinPlan, type JsPlan, type Leaf, type TaskPlan } from './plan.js'

type Future = AppFuture<unknown>

/** One task of a program that runs. */
export interface Instance {
  readonly key: string
  readonly plan: TaskPlan
  readonly future: Future
  readonly submittedAt: number
  settledAt: number | undefined
  /** Futures in what its body returned, where it is a join. */
  joins: readonly Future[]
  /** Runs of its body when it was stopped. */
  runsWhenStopped: number | undefined
}

/** A failure on purpose, and what it is called. */
class Planned extends Error {
  override readonly name = 'Planned'
  readonly what: string

  constructor(what: string) {
    super(what)
    this.what = what
  }
}

const ACTIVE: readonly string[] = ['launched', 'running']

/** How far a stop by the kernel's close may go before executors are given up: their grace period, and what the kernel waits longer. */
const GRACE_MS = 1_000
const GIVEN_UP_MS = 15_000

/** A program while it runs, and everything that the test decides instead of chance. */
export class World {
  readonly #dag: Dag
  readonly #byFuture = new Map<Future, Instance>()
  readonly #controller = new AbortController()
  /** What bodies, and promises of somebody else's, wait for. */
  readonly #gates = new Map<string, Move>()
  readonly #foreign = new Map<string, Promise<unknown>>()
  readonly #top: Future[] = []
  #closing: ReturnType<DataFlowKernel['close']> | undefined
  #closedAt = Infinity
  kernel!: DataFlowKernel
  readonly clock: FakeClock = fakeClock()
  readonly fakes: readonly [FakeExecutor, FakeExecutor]
  readonly events: MonitoringEvent[] = []
  readonly instances = new Map<string, Instance>()
  readonly picks: Future[] = []
  /** Attempts whose body ran, by task. */
  readonly runs = new Map<string, number[]>()
  readonly stopped = new Map<string, Disturbance>()

  constructor(dag: Dag) {
    this.#dag = dag
    const fate = ({ spec, attempt }: TaskTry) => fateOf(this.instances.get(spec.app)?.plan as JsPlan, attempt)
    this.fakes = [
      newFakeExecutor('fakeA', fate, () => this.fakes[1].given),
      newFakeExecutor('fakeB', fate, () => this.fakes[0].given),
    ]
  }

  async start(runDir: string): Promise<this> {
    const config: Config = {
      runDir,
      log: false,
      progress: false,
      handleSignals: false,
      killGrace: GRACE_MS / 1_000,
      executors: [...this.fakes.map(({ plugin }) => plugin), inProcessExecutor({ concurrency: 3 })],
      monitoring: [{ event: (event) => void this.events.push(event), close: async () => {} }],
      ...(this.#dag.backoff ? { retryBackoff: { initial: '1s', jitter: false } } : {}),
    }
    this.kernel = await startKernel(config, this.clock)
    return this
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** Whether the kernel may have given up executors that did not answer. */
  get mayBeAbandoned(): boolean {
    return this.clock.now() - this.#closedAt >= GRACE_MS + GIVEN_UP_MS
  }

  get allSettled(): boolean {
    return [...this.#byFuture.keys(), ...this.picks].every((future) => future.isSettled)
  }

  /** What may happen next towards the end of the program. */
  moves(): readonly Move[] {
    const plan = this.isClosed ? undefined : this.#dag.tasks[this.#top.length]
    const submit = (): void => void this.#top.push(this.#call(plan as TaskPlan, `t${this.#top.length}`, this.#top))
    const gates = [...this.#gates].map(([name, open]) => () => {
      this.#gates.delete(name)
      open()
    })
    return [...(plan ? [submit] : []), ...this.fakes.flatMap((fake) => fake.moves()), ...gates]
  }

  cancel(future: Future): void {
    this.#mark(future, 'alone')
    future.cancel('the test says so')
  }

  /** Aborts the signal that some tasks share. */
  abort(): void {
    for (const { plan, future } of this.instances.values()) if (plan.hasSignal) this.#mark(future, 'together')
    this.#controller.abort(new Error('the test says so'))
  }

  /** Closes the kernel, whatever is under way. */
  close(): ReturnType<DataFlowKernel['close']> {
    if (this.#closing) return this.#closing
    for (const future of this.#byFuture.keys()) this.#mark(future, 'together')
    for (const future of [...this.#byFuture.keys(), ...this.picks]) future.look()
    this.#closedAt = this.clock.now()
    this.#closing = this.kernel.close()
    return this.#closing
  }

  /** What an error says of itself, in the words of the oracle. */
  describe(error: unknown): string {
    if (error instanceof Planned) return error.what
    if (error instanceof Lost) return `lost ${error.key} ${error.attempt}`
    if (!isParslError(error)) return String(error)
    const { taskId, app, limit } = error.details as { taskId?: number; app?: string; limit?: string }
    const nameOf = (id: number | undefined): string =>
      [...this.instances.values()].find(({ future }) => future.taskId === id)?.key ?? 'pick'
    switch (error.code) {
      case 'PARSL_EXECUTOR':
        return `abandoned ${nameOf(Number(/\d+$/.exec(error.message)?.[0]))}`
      case 'PARSL_DATAFLOW_DEPENDENCY':
        return `dependency of ${this.describe(error.cause)}`
      case 'PARSL_DATAFLOW_JOIN':
        return `join of ${this.describe(error.cause)}`
      case 'PARSL_DATAFLOW_CANCELLED':
        return `cancelled ${nameOf(taskId)}`
      case 'PARSL_APP_TIMEOUT':
        return `${limit} ${app}`
      default:
        return String(error)
    }
  }

  /** Notes that a task is stopped, and what is stopped with it. */
  #mark(future: Future, how: Disturbance['how']): void {
    const instance = this.#byFuture.get(future)
    if (!instance || future.isSettled) return
    const before = this.stopped.get(instance.key)
    const wasActive = ACTIVE.includes(future.state)
    if (!before) {
      this.stopped.set(instance.key, { how, wasActive })
      instance.runsWhenStopped = this.#runsOf(instance.key).length
    } else if (how === 'together') this.stopped.set(instance.key, { how, wasActive: wasActive || before.wasActive })
    if (future.state === 'joining') for (const inner of instance.joins) this.#mark(inner, 'together')
  }

  #runsOf(key: string): number[] {
    const runs = this.runs.get(key) ?? []
    this.runs.set(key, runs)
    return runs
  }

  #call(plan: TaskPlan, key: string, siblings: readonly Future[], outer = siblings): Future {
    const before = [...siblings]
    const args = plan.args.map((shape) => build(shape, (leaf) => this.#refer(leaf, before, outer)))
    const future = this.#appOf(plan, key, [...outer])(...(args as never[])) as Future
    const submittedAt = this.clock.now()
    const instance: Instance = {
      key,
      plan,
      future,
      submittedAt,
      settledAt: undefined,
      joins: [],
      runsWhenStopped: undefined,
    }
    this.instances.set(key, instance)
    this.#byFuture.set(future, instance)
    if (plan.hasSignal && this.#controller.signal.aborted) this.stopped.set(key, { how: 'alone', wasActive: false })
    if (future.isSettled) instance.settledAt = submittedAt
    else future.watch(() => void (instance.settledAt = this.clock.now()))
    return future
  }

  #appOf(plan: TaskPlan, key: string, outer: readonly Future[]) {
    const options = {
      name: key,
      retries: plan.retries,
      ...(plan.hasSignal ? { signal: this.#controller.signal } : {}),
    }
    if (plan.type === 'join')
      return this.kernel.joinApp((...args: unknown[]) => this.#joinBody(plan, key, { args, outer }), options)
    const { timeoutMs, walltimeMs, where, infrastructureRetries } = plan
    return this.kernel.jsApp((...args: unknown[]) => this.#jsBody(plan, key, args), {
      ...options,
      infrastructureRetries,
      executors: where === 'fake' ? ['fakeA', 'fakeB'] : ['inProcess'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs / 1_000 }),
      ...(walltimeMs === undefined || walltimeMs > (timeoutMs ?? Infinity) ? {} : { walltime: walltimeMs / 1_000 }),
    })
  }

  #jsBody(plan: JsPlan, key: string, args: readonly unknown[]): unknown {
    const { attempt } = current()
    this.#runsOf(key).push(attempt)
    const end = () => {
      if (fateOf(plan, attempt) === 'fail') throw new Planned(`boom ${key} ${attempt}`)
      return valueOf(key, args)
    }
    return this.#paced(plan, key, end)
  }

  #joinBody(
    plan: JoinPlan,
    key: string,
    given: { readonly args: readonly unknown[]; readonly outer: readonly Future[] },
  ) {
    const { attempt } = current()
    this.#runsOf(key).push(attempt)
    const fate = plan.fates[attempt] ?? 'ok'
    const boom = new Planned(`boom ${key} ${attempt}`)
    return this.#paced(plan, key, () => {
      if (fate === 'failBefore') throw boom
      const inner: Future[] = []
      for (const [index, one] of plan.inner.entries())
        inner.push(this.#call(one, `${key}#${attempt}.${index}`, inner, given.outer))
      const finish = (): unknown => {
        if (fate === 'failAfter') throw boom
        return this.#joinResult(plan, key, { inner, outer: given.outer })
      }
      return plan.awaitsFirst && inner[0] ? inner[0].then(finish) : finish()
    })
  }

  #joinResult(
    plan: JoinPlan,
    key: string,
    { inner, outer }: { readonly inner: readonly Future[]; readonly outer: readonly Future[] },
  ): unknown {
    const joins: Future[] = []
    const result = build(plan.result, (leaf) => {
      const meant = this.#refer(leaf, inner, outer)
      if (leaf.kind !== 'foreign' && meant !== NOBODY) joins.push(meant as Future)
      return meant
    })
    const instance = this.instances.get(key)
    if (instance) instance.joins = joins
    return result
  }

  /** Runs the rest of a body now, or when the test lets it go on. */
  #paced<T>({ pace, obeys }: TaskPlan, key: string, rest: () => T): unknown {
    if (pace === 'sync') return rest()
    const { attempt, signal } = current()
    const name = `${key} ${attempt}`
    const wait = Promise.withResolvers<void>()
    this.#gates.set(name, () => wait.resolve())
    if (obeys)
      signal.addEventListener('abort', () => {
        this.#gates.delete(name)
        wait.reject(signal.reason)
      })
    return wait.promise.then(rest)
  }

  /** What stands in an argument for a leaf. */
  #refer(leaf: Leaf, siblings: readonly Future[], outer: readonly Future[]): unknown {
    if (leaf.kind === 'plain') return leaf.value
    if (leaf.kind === 'foreign') return this.#foreignPromise(leaf.id, leaf.fails)
    const among = leaf.kind === 'outer' ? outer : siblings
    const meant = among[leaf.of % among.length]
    if (!meant) return NOBODY
    if (leaf.kind !== 'pick') return meant
    const pick = (meant as AppFuture<{ of: unknown }>).get('of') as Future
    this.picks.push(pick)
    return pick
  }

  #foreignPromise(id: number, fails: boolean): Promise<unknown> {
    const name = `foreign ${id} ${fails}`
    const known = this.#foreign.get(name)
    if (known) return known
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    promise.catch(() => {})
    this.#foreign.set(name, promise)
    this.#gates.set(name, () => (fails ? reject(new Planned(`foreign ${id}`)) : resolve(foreignValue(id))))
    return promise
  }
}
