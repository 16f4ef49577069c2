import { writeFile } from 'node:fs/promises'
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
  /** Takes every place where a body can run. Resolves when nothing more can start; gives how to let go. */
  fill(): Promise<() => Promise<void>>
}

/** The kernel and executors that the tests of one suite share. */
export interface Stage {
  readonly capabilities: ExecutorCapabilities
  readonly label: string
  open(): Promise<void>
  bench(): Promise<Bench>
  /** Fails where a task of the shared kernel has not ended. */
  allEnded(): Promise<void>
  /** Fails where a process of the shared kernel is left. */
  close(): Promise<void>
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

const fillSlots = async (parsl: DataFlowKernel, running: readonly RunningExecutor[], gate: string) => {
  const hold = parsl.jsApp(opened, { name: 'hold' })
  // An executor that grows knows its places once it has run something.
  await parsl.jsApp(() => 0, { name: 'warm up' })()
  const slots = running.reduce((sum, one) => sum + one.load().slots, 0)
  if (!Number.isFinite(slots))
    throw new Error('create must bound how many bodies run at once: some tests fill every place')
  const held: AppFuture<unknown>[] = Array.from({ length: slots }, () => hold(gate))
  await eventually(() => held.every(({ state }) => state === 'running'), {
    guardMs: 60_000,
    state: () => held.map(({ state }) => state),
  })
  return async (): Promise<void> => {
    await writeFile(gate, '')
    await Promise.all(held)
  }
}

const ownScratch = async (): Promise<Scratch> => {
  const folder = await scratch()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return folder
}

/** What `create` gave, ready to be used by tests. */
export const newStage = (given: Config, home: Scratch): Stage => {
  const [first] = given.executors ?? []
  if (!first) throw new Error('create must give a configuration with at least one executor')
  const running: RunningExecutor[] = []
  const config: Config = {
    ...QUIET,
    runDir: home.at('runinfo'),
    ...given,
    executors: (given.executors ?? []).map((executor) => watched(executor, running)),
  }
  let shared: DataFlowKernel | undefined
  const parsl = (): DataFlowKernel => {
    if (shared) return shared
    throw new Error('the shared kernel is not started')
  }
  return {
    capabilities: first.capabilities,
    label: first.label,
    open: async () => {
      shared = await dataFlowKernel(config)
    },
    bench: async () => {
      const folder = await ownScratch()
      return {
        parsl: parsl(),
        capabilities: first.capabilities,
        folder,
        start: async (more = {}) => {
          const kernel = await dataFlowKernel({ ...config, executors: given.executors ?? [], ...more })
          onTestFinished(async () => void (await kernel.close()))
          return kernel
        },
        fill: () => fillSlots(parsl(), running, folder.at('gate')),
      }
    },
    allEnded: () => eventually(() => parsl().tasks.length === 0, { guardMs: 60_000, state: () => [...parsl().tasks] }),
    close: async () => {
      await shared?.close()
      const left = () => processesWith(`PARSL_RUN=${shared?.runId}`)
      await eventually(() => left().length === 0, { guardMs: 60_000, state: left })
      await home[Symbol.asyncDispose]()
    },
  }
}
