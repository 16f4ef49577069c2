import { AppTimeout, type Clock, type FailureKind, type Guardian, type Logger } from '@parsl/interfaces'
import { encodeError } from '@parsl/serialize'
import { type OpenWorker, type PoolWork, programFunctions, type WorkerFailure, WorkerPool } from '@parsl/worker'
import type { TaskClass, WireTask } from '../wire/messages.js'
import { unpackPayload } from '../wire/payload.js'
import type { Lost, PoolEvent } from './events.js'
import type { Part } from './parts.js'
import { resultOf } from './result.js'

/** A try, with all that it needs. */
export interface PoolTask {
  readonly task: Pick<WireTask, 'id' | 'priority' | 'payload'>
  readonly cls: Pick<TaskClass, 'n' | 'app' | 'walltimeMs' | 'graceMs' | 'heapMb'>
  readonly parts: readonly Part[]
}

/** The workers of a manager. */
export interface TaskPool {
  run(task: PoolTask): void
  stop(id: number, reason: string): void
  /** No task will take these shared values. */
  forget(shares: readonly string[]): void
  /** The manager has forgotten these parts. */
  drop(parts: readonly string[]): void
  /** Asks what runs to stop, kills what is left after the grace period, and ends every worker. */
  close(graceMs: number, why: string): Promise<void>
}

/** How a pool of a manager is made. */
export interface TaskPoolSetup {
  readonly size: number
  /** MiB, of workers whose tasks say nothing else. */
  readonly heapMb: number | undefined
  /** Tries that may be sent to a worker before its present one has ended. */
  readonly depth: number
  readonly workerName: string
  readonly open: OpenWorker
  readonly clock: Clock
  readonly log: Logger
  readonly guardian: Guardian
  readonly tell: (event: PoolEvent) => void
}

interface ManagerWork extends PoolWork {
  readonly id: number
}

/** Carries the facts of a lost try through the pool. */
class TryLost extends Error {
  readonly how: Lost

  constructor(how: Lost) {
    super(how.evidence)
    this.how = how
  }
}

/** How long a worker may take to say that it has stopped a body in time. */
const SLACK_MS = 250

/** After so long a worker that is gone has a successor. Some time, for one that cannot live is followed by others like it. */
const REPLACE_MS = 50

/** The body's doing where that is known. */
const causeOf = ({ outOfMemory, exited }: WorkerFailure): Lost['cause'] => {
  if (outOfMemory) return 'memory'
  return exited === undefined ? 'worker' : 'exit'
}

const howOf = (end: WorkerFailure): Lost => {
  const { worker, exitCode, signal, exited, evidence } = end
  const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`
  const said = `${worker} ended ${how}${evidence === '' ? '' : `:\n${evidence}`}`
  return { cause: causeOf(end), who: worker, exitCode: exited ?? exitCode, signal, evidence: said }
}

const limitOf = ({ app, walltimeMs, graceMs }: PoolTask['cls']): PoolWork['limit'] =>
  walltimeMs === undefined
    ? undefined
    : {
        ms: walltimeMs + graceMs + SLACK_MS,
        error: () => new AppTimeout({ app, limit: 'walltime', limitMs: walltimeMs }),
      }

const failedBy = (id: number, error: unknown, kind: FailureKind): PoolEvent => ({
  type: 'ended',
  result: {
    id,
    ok: false,
    kind,
    ms: 0,
    payload: encodeError(error, { functions: programFunctions() }),
  },
})

class WorkersOfManager implements TaskPool {
  readonly #setup: TaskPoolSetup
  readonly #pool: WorkerPool<ManagerWork>
  readonly #works = new Map<number, ManagerWork>()
  #whenIdle: (() => void) | undefined
  /** No worker is started any more. */
  #isOver = false

  constructor(setup: TaskPoolSetup) {
    const { size, depth, open, workerName, clock, log, guardian, tell } = setup
    this.#setup = setup
    this.#pool = new WorkerPool<ManagerWork>({
      limits: { size, depth, maxTasksPerWorker: Infinity },
      open: (options, events) =>
        open(
          { ...options, heapMb: options.heapMb ?? setup.heapMb },
          {
            message: events.message,
            gone: (end) => {
              events.gone(end)
              clock.after(REPLACE_MS, () => this.#warmUp())
            },
          },
        ),
      nameOf: (worker) => `${workerName} ${worker}`,
      report: {
        began: ({ id }, worker) => tell({ type: 'began', id, worker }),
        ended: ({ id }, outcome) => this.#end({ type: 'ended', result: resultOf(id, outcome) }, id),
        failed: ({ id }, error, kind) => this.#failed(id, error, kind),
        broken: ({ message }) => {
          this.#isOver = true
          tell({ type: 'broken', why: message })
        },
      },
      failureOf: (end) => ({ error: new TryLost(howOf(end)), kind: 'lost' }),
      clock,
      log,
      guardian,
    })
    this.#warmUp()
  }

  run({ task, cls, parts }: PoolTask): void {
    const { id, priority, payload } = task
    try {
      const parcel = { ...unpackPayload(payload), parts, laden: undefined }
      const heapMb = cls.heapMb === this.#setup.heapMb ? undefined : cls.heapMb
      const work = { id, spec: cls, priority, heapMb, parcel, graceMs: cls.graceMs, limit: limitOf(cls) }
      this.#works.set(id, work)
      this.#pool.submit(work)
    } catch (error) {
      const why = `its payload cannot be read: ${(error as Error).message}`
      this.#setup.tell(failedBy(id, new Error(why, { cause: error }), 'body'))
    }
  }

  stop(id: number, reason: string): void {
    const work = this.#works.get(id)
    if (work) this.#pool.stop(work, reason)
  }

  forget(shares: readonly string[]): void {
    for (const share of shares) this.#pool.forget(share)
  }

  // Workers keep parts by themselves.
  drop(): void {}

  async close(graceMs: number, why: string): Promise<void> {
    this.#isOver = true
    if (graceMs > 0 && this.#works.size > 0) {
      const idle = Promise.withResolvers<void>()
      this.#whenIdle = idle.resolve
      this.#setup.clock.after(graceMs, idle.resolve, 'keepAlive')
      for (const work of this.#works.values()) this.#pool.stop(work, why)
      await idle.promise
    }
    await this.#pool.close()
  }

  /** Has as many workers as there may be, so that none is started only when there is work for it. */
  #warmUp(): void {
    if (!this.#isOver) this.#pool.warmUp(this.#setup.size)
  }

  #failed(id: number, error: unknown, kind: FailureKind): void {
    if (error instanceof TryLost) this.#end({ type: 'lost', id, how: error.how }, id)
    else this.#end(failedBy(id, error, kind), id)
  }

  #end(event: PoolEvent, id: number): void {
    this.#works.delete(id)
    this.#setup.tell(event)
    if (this.#works.size === 0) this.#whenIdle?.()
  }
}

/** Runs tries in workers of this process. */
export const newTaskPool = (setup: TaskPoolSetup): TaskPool => new WorkersOfManager(setup)
