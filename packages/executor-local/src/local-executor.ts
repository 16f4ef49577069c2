import { hostname } from 'node:os'
import {
  BadStateException,
  type Executor,
  type ExecutorContext,
  ExecutorError,
  type RunningExecutor,
  staysAsConfiguration,
  type TaskTry,
} from '@parsl/interfaces'
import { decodeError, decodeValue, type Functions, loadMissing } from '@parsl/serialize'
import {
  mapStacks,
  newPacker,
  type OpenWorker,
  type Outcome,
  programFunctions,
  WorkerPool,
  type WorkerSetup,
  writeWorkerProgram,
} from '@parsl/worker'
import { exitHard } from './exit-hard.js'
import { failureOf } from './failures.js'
import { type LocalLimits, type LocalWork, workOf } from './local-work.js'

/** What kind of workers a local executor has, and how many. */
export interface LocalSetup {
  readonly label: string
  readonly size: number
  /** Workers that are started before there is work. */
  readonly warm: number
  readonly maxTasksPerWorker: number
  readonly heapMb: number | undefined
  /** Whether they have the program's own memory. */
  readonly sharesMemory: boolean
  readonly workerName: string
  readonly open: (setup: WorkerSetup, context: ExecutorContext) => OpenWorker
}

/** Tries of short apps that may be sent to a worker before its present one has ended. They can be taken back. */
const DEPTH = 32

/** What one worker keeps of code and other parts. */
const KEEP_BYTES = 64 * 2 ** 20

class LocalExecutor implements RunningExecutor {
  readonly #context: ExecutorContext
  readonly #limits: LocalLimits
  readonly #size: number
  readonly #functions: Functions
  readonly #pack: ReturnType<typeof newPacker>
  readonly #pool: WorkerPool<LocalWork>
  readonly #works = new Map<TaskTry, LocalWork>()
  readonly #forget = (share: string): void => this.#pool.forget(share)
  readonly #label: string
  /** Why it takes nothing more. */
  #unfit: Error | undefined

  constructor(context: ExecutorContext, setup: LocalSetup, open: OpenWorker) {
    const { clock, log, guardian, killGraceMs, report } = context
    const where = hostname()
    this.#context = context
    this.#limits = { killGraceMs, heapMb: setup.heapMb }
    this.#size = setup.size
    this.#label = setup.label
    this.#functions = programFunctions()
    this.#pack = newPacker(this.#functions, guardian, { sharesMemory: setup.sharesMemory })
    this.#pool = new WorkerPool<LocalWork>({
      limits: { size: setup.size, maxTasksPerWorker: setup.maxTasksPerWorker, depth: DEPTH },
      open,
      nameOf: (worker) => `${setup.workerName} ${worker}`,
      report: {
        began: ({ attempt }, worker) => report.started(attempt, `${where}/${setup.label}/${worker}`),
        ended: (work, outcome) => this.#ended(work, outcome),
        failed: (work, error, kind) => report.failed(this.#drop(work), error, kind),
        broken: (error) => {
          this.#unfit = new BadStateException(setup.label, { cause: error })
          report.broken(this.#unfit)
        },
      },
      failureOf: failureOf(setup.label),
      clock,
      log,
      guardian,
    })
    this.#pool.warmUp(Math.min(setup.warm, setup.size))
    // While workers start.
    this.#functions.warmUp()
  }

  submit(attempt: TaskTry): void {
    const { report } = this.#context
    if (this.#unfit) return report.failed(attempt, this.#unfit, 'lost')
    try {
      const { parcel, shares } = this.#pack(attempt)
      const letGo = shares.map((share) => share.use(this.#forget))
      const work = workOf(attempt, { parcel, letGo }, this.#limits)
      this.#works.set(attempt, work)
      this.#pool.submit(work)
    } catch (error) {
      report.failed(attempt, error, 'body')
    }
  }

  stop(attempt: TaskTry, reason: unknown): void {
    const work = this.#works.get(attempt)
    if (work) this.#pool.stop(work, reason)
  }

  load(): { readonly outstanding: number; readonly slots: number } {
    return { outstanding: this.#works.size, slots: this.#size }
  }

  async close(): Promise<void> {
    this.#unfit ??= new ExecutorError(this.#label, 'it is closed')
    await this.#pool.close()
    const { writtenOff } = this.#pool
    if (writtenOff.length > 0) exitHard(writtenOff, this.#context.log)
  }

  #ended(work: LocalWork, outcome: Outcome): void {
    if (outcome.type === 'failed') return void this.#failed(work, outcome)
    let value: unknown
    try {
      const { value: bytes, buffers = [] } = outcome
      const beside = buffers.map(({ buffer }) => buffer)
      value = decodeValue(bytes, { functions: this.#functions.decoding(), beside })
    } catch (error) {
      const fail = (why: unknown): void => this.#context.report.failed(this.#drop(work), why, 'body')
      const loading = loadMissing(error)
      return loading ? void loading.then(() => this.#ended(work, outcome), fail) : fail(error)
    }
    this.#context.report.succeeded(this.#drop(work), value)
  }

  async #failed(work: LocalWork, outcome: Extract<Outcome, { type: 'failed' }>): Promise<void> {
    const functions = this.#functions
    const { error } = await decodeError(outcome.error, functions)
    mapStacks(error, functions)
    this.#context.report.failed(this.#drop(work), error, outcome.kind)
  }

  /** Forgets a try that has ended. */
  #drop({ attempt, letGo }: LocalWork): TaskTry {
    this.#works.delete(attempt)
    for (const release of letGo) release()
    return attempt
  }
}

const start = async (context: ExecutorContext, setup: LocalSetup): Promise<RunningExecutor> => {
  const { dir, guardian, killGraceMs } = context
  const program = await writeWorkerProgram(dir)
  const settings = { killGraceMs, keepBytes: KEEP_BYTES }
  return new LocalExecutor(context, setup, setup.open({ program, settings, guardian }, context))
}

/** An executor whose workers are on this machine. */
export const localExecutor = (isolation: 'thread' | 'process', setup: LocalSetup): Executor =>
  staysAsConfiguration({
    label: setup.label,
    capabilities: {
      isolation,
      resources: ['memory'],
      priorities: true,
      forcedStop: true,
      capturesStreams: true,
      sharesMemory: setup.sharesMemory,
    },
    start: (context) => start(context, setup),
  })
