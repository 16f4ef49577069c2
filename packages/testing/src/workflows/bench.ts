import { type AppFuture, type Config, type DataFlowKernel, dataFlowKernel } from '@parsl/core'
import type { Executor, ExecutorCapabilities, RunningExecutor } from '@parsl/interfaces'
import { onTestFinished } from 'vitest'
import { eventually } from '../eventually.js'
import { processesWith } from '../processes.js'
import { type Scratch, scratch } from '../scratch.js'
import { opened } from '../bodies.js'

/** What one test of the workflow suite works with. */
export interface Bench {
  /** The kernel that the tests share. */
  readonly parsl: DataFlowKernel
  readonly capabilities: ExecutorCapabilities
  /** A folder of the test's own, which the workers see. */
  readonly folder: Scratch
  /** Starts a kernel of the test's own on the same executors; it is closed when the test ends. */
  start(config?: Config): Promise<DataFlowKernel>
  /** Takes every place where a body can run. Resolves when nothing more can start; gives how to let go of so many, or of all. */
  fill(): Promise<(count?: number) => Promise<void>>
}

const QUIET = { log: false, progress: false, handleSignals: false, killGrace: '1s' } as const satisfies Config

/** The same executor, whose running one can be asked for its load. */
const watched = (executor: Executor, seen: RunningExecutor[]): Executor => ({
  ...executor,
  start: async (context) => {
    const running = await executor.start(context)
    seen.push(running)
    return running
  },
})

const fillSlots = async (parsl: DataFlowKernel, running: readonly RunningExecutor[], folder: Scratch) => {
  const hold = parsl.jsApp(opened, { name: 'hold' })
  // An executor that grows knows its places once it has run something.
  await parsl.jsApp(() => 0, { name: 'warm up' })()
  const slots = running.reduce((sum, one) => sum + one.load().slots, 0)
  if (!Number.isFinite(slots))
    throw new Error('create must bound how many bodies run at once: some tests fill every place')
  const gates = Array.from({ length: slots }, (_, slot) => `gate-${slot}`)
  const held: AppFuture<unknown>[] = gates.map((gate) => hold(folder.at(gate)))
  await eventually(() => held.every(({ state }) => state === 'running'), {
    guardMs: 60_000,
    state: () => held.map(({ state }) => state),
  })
  return async (count = slots): Promise<void> => {
    await folder.fill(...gates.slice(0, count))
    await Promise.all(held.slice(0, count))
  }
}

const ownScratch = async (): Promise<Scratch> => {
  const folder = await scratch()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return folder
}

/** What `create` gave: the executors, and the kernel that the tests of one suite share. */
export class Stage {
  readonly capabilities: ExecutorCapabilities
  readonly #home: Scratch
  readonly #given: Config
  readonly #config: Config
  readonly #running: RunningExecutor[] = []
  #shared: DataFlowKernel | undefined

  constructor(given: Config, home: Scratch) {
    const { executors = [] } = given
    const [first] = executors
    if (!first) throw new Error('create must give a configuration with at least one executor')
    this.capabilities = first.capabilities
    this.#home = home
    this.#given = { ...QUIET, runDir: home.at('runinfo'), ...given }
    this.#config = { ...this.#given, executors: executors.map((executor) => watched(executor, this.#running)) }
  }

  get #parsl(): DataFlowKernel {
    if (this.#shared) return this.#shared
    throw new Error('the shared kernel is not started')
  }

  async open(): Promise<void> {
    this.#running.length = 0
    this.#shared = await dataFlowKernel(this.#config)
  }

  async bench(): Promise<Bench> {
    const folder = await ownScratch()
    const parsl = this.#parsl
    return {
      parsl,
      capabilities: this.capabilities,
      folder,
      start: async (more = {}) => {
        const kernel = await dataFlowKernel({ ...this.#given, ...more })
        onTestFinished(async () => void (await kernel.close()))
        return kernel
      },
      fill: () => fillSlots(parsl, this.#running, folder),
    }
  }

  /** After each test: fails where a task of the shared kernel has not ended. A test that failed may leave tasks; the next gets a new kernel. */
  async tidy(hasFailed: boolean): Promise<void> {
    const kernel = this.#parsl
    const isIdle = (): boolean => kernel.tasks.length === 0
    try {
      if (!hasFailed) await eventually(isIdle, { guardMs: 60_000, state: () => [...kernel.tasks] })
    } finally {
      if (!isIdle()) {
        await kernel.close()
        await this.open()
      }
    }
  }

  /** Fails where a process of the shared kernel is left. */
  async close(): Promise<void> {
    await this.#shared?.close()
    const left = () => processesWith(`PARSL_RUN=${this.#shared?.runId}`)
    await eventually(() => left().length === 0, { guardMs: 60_000, state: left })
    await this.#home[Symbol.asyncDispose]()
  }
}
