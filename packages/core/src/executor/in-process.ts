import { availableParallelism, hostname } from 'node:os'
import {
  ConfigurationError,
  complaintsAbout,
  type Executor,
  type ExecutorContext,
  ExecutorError,
  isEither,
  isOneOf,
  isPositiveCount,
  isText,
  type RunningExecutor,
  staysAsConfiguration,
  type TaskTry,
} from '@parsl/interfaces'
import { newPump, newWaitingLine, type Place, RunningBody, taskContexts, type WaitingLine } from '@parsl/worker'
import { isLazyPromise } from '../future/lazy-promise.js'
import type { Attempt } from '../kernel/task.js'

/** Options of {@link inProcessExecutor}. */
export interface InProcessOptions {
  /** @defaultValue 'inProcess' */
  readonly label?: string
  /** JavaScript bodies that may be under way at once. @defaultValue Infinity */
  readonly concurrency?: number
  /** Commands of bash apps that may run at once. @defaultValue the machine's cores */
  readonly processes?: number
}

/** Bodies of one kind: those under way, and those that wait for a place. */
interface Lane {
  readonly limit: number
  readonly queue: WaitingLine<TaskTry>
  active: number
}

const newLane = (limit: number): Lane => ({ limit, queue: newWaitingLine(({ spec }) => spec.priority), active: 0 })

/** The future that a join returned is the kernel's to wait for, as the futures in a list would be. */
const keepsFuture = (attempt: TaskTry, promise: PromiseLike<unknown>): boolean =>
  (attempt as Partial<Attempt>).task?.app.kind === 'join' && isLazyPromise(promise)

class InProcess implements RunningExecutor {
  readonly #context: ExecutorContext
  readonly #label: string
  readonly #where = hostname()
  readonly #place: Place
  /** The body that is in its first turn. */
  #starting: RunningBody | undefined
  /** Bodies that did not end within their first turn. */
  readonly #running = new Map<TaskTry, RunningBody>()
  readonly #lanes: Readonly<Record<'js' | 'bash', Lane>>
  readonly #pump = newPump(() => this.#startSome())
  #closed = false

  constructor(context: ExecutorContext, { label, concurrency, processes }: Required<InProcessOptions>) {
    this.#context = context
    this.#label = label
    this.#lanes = { js: newLane(concurrency), bash: newLane(processes) }
    const { report } = context
    this.#place = {
      ...context,
      keeps: keepsFuture,
      report: {
        succeeded: (attempt, value) => {
          this.#ended(attempt)
          report.succeeded(attempt, value)
        },
        failed: (attempt, error, kind) => {
          this.#ended(attempt)
          report.failed(attempt, error, kind)
        },
      },
    }
  }

  submit(attempt: TaskTry): void {
    if (this.#closed)
      return this.#context.report.failed(attempt, new ExecutorError(this.#label, 'it is closed'), 'lost')
    this.#lanes[attempt.spec.kind].queue.push(attempt)
    this.#pump()
  }

  stop(attempt: TaskTry, reason: unknown): void {
    const body = this.#starting?.taskTry === attempt ? this.#starting : this.#running.get(attempt)
    if (body) return body.stop(reason)
    if (this.#lanes[attempt.spec.kind].queue.remove(attempt)) this.#context.report.failed(attempt, reason, 'stopped')
  }

  load(): { readonly outstanding: number; readonly slots: number } {
    const { js, bash } = this.#lanes
    return { outstanding: js.active + js.queue.size + bash.active + bash.queue.size, slots: js.limit }
  }

  stalled(reason: (attempt: TaskTry) => unknown): void {
    const bodies = [...this.#running]
    for (const [attempt, body] of bodies) body.abandon(reason(attempt))
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #startSome(): boolean {
    const command = this.#startNext(this.#lanes.bash)
    return this.#startNext(this.#lanes.js) || command
  }

  #startNext(lane: Lane): boolean {
    const attempt = lane.active < lane.limit ? lane.queue.next() : undefined
    if (!attempt) return false
    lane.active++
    const body = new RunningBody(attempt, this.#place)
    this.#starting = body
    this.#context.report.started(attempt, this.#where)
    body.start()
    this.#starting = undefined
    if (!body.isSettled) this.#running.set(attempt, body)
    return true
  }

  #ended(attempt: TaskTry): void {
    const lane = this.#lanes[attempt.spec.kind]
    lane.active--
    this.#running.delete(attempt)
    if (lane.queue.size > 0) this.#pump()
  }
}

/**
 * Bodies run on the program's own event loop and share its memory: nothing is serialized, live handles are welcome, and a body that does not yield
 * blocks the program. For work that waits (databases, services, commands), for notebooks, and for stepping through bodies in a debugger.
 * Commands of bash apps are processes of their own.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const inProcessExecutor = (options: InProcessOptions = {}): Executor => {
  const limit = isEither(isPositiveCount, isOneOf(Infinity))
  const checks = { label: isText, concurrency: limit, processes: limit }
  const complaints = complaintsAbout(options, checks, 'inProcessExecutor')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { label = 'inProcess', concurrency = Infinity, processes = availableParallelism() } = options
  return staysAsConfiguration({
    label,
    capabilities: { isolation: 'none', resources: [], priorities: true, forcedStop: false, capturesStreams: false },
    start: async (context) => {
      taskContexts()
      return new InProcess(context, { label, concurrency, processes })
    },
  })
}

staysAsConfiguration(inProcessExecutor)
