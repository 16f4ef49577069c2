import type { JobStatus, MonitoringEvent } from '@parsl/interfaces'
import { type FakeClock, fakeClock, scratch } from '@parsl/testing'
import { onTestFinished, vi } from 'vitest'
import { type BlockLoad, type Blocks, type BlocksSetup, startBlocks } from '../src/index.js'
import { type FakeProvider, fakeProvider } from './fake-provider.js'

/** Started blocks, and the test's end of everything around them. */
export interface Rig {
  readonly blocks: Blocks
  readonly provider: FakeProvider
  readonly clock: FakeClock
  readonly loads: Map<string, BlockLoad>
  /** Blocks that have ended, as the executor heard. */
  readonly gone: { readonly block: string; readonly status: JobStatus }[]
  readonly broken: Error[]
  readonly events: MonitoringEvent[]
  /** Command lines that the guardian holds. */
  readonly guarded: Set<string>
  readonly log: ReturnType<typeof logSpy>
  readonly dir: string
  /** Lets everything happen that needs no time. */
  turns(): Promise<void>
  /** Lets time pass, a little at a time. */
  pass(ms: number): Promise<void>
  states(): readonly string[]
}

const logSpy = () => {
  type Method = (facts: object, message: string) => void
  return { debug: vi.fn<Method>(), info: vi.fn<Method>(), warn: vi.fn<Method>(), error: vi.fn<Method>() }
}

const turns = async (): Promise<void> => {
  for (let n = 0; n < 30; n++) await new Promise(setImmediate)
}

const STEP_MS = 1_000

export const newRig = async (
  provider: FakeProvider = fakeProvider(),
  setup: Partial<Omit<BlocksSetup, 'provider' | 'limits'>> & { readonly limits?: Partial<BlocksSetup['limits']> } = {},
): Promise<Rig> => {
  const folder = await scratch()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const clock = fakeClock()
  const log = logSpy()
  const loads = new Map<string, BlockLoad>()
  const gone: Rig['gone'] = []
  const broken: Error[] = []
  const events: MonitoringEvent[] = []
  const guarded = new Set<string>()
  const { limits, ...rest } = setup
  const blocks = await startBlocks({
    label: 'htex',
    provider,
    limits: { init: 1, min: 0, max: 10, parallelism: 1, ...limits },
    context: {
      runId: '0123456789abcdef',
      dir: folder.path,
      clock,
      log,
      guardian: {
        mark: () => ({ MARK: 'run' }),
        processGroup: () => () => {},
        path: () => () => {},
        command: (argv) => {
          guarded.add(argv.join(' '))
          return () => void guarded.delete(argv.join(' '))
        },
      },
      sinks: [{ event: (event) => void events.push(event), close: async () => {} }],
    },
    commandFor: (block) => `work --block ${block}`,
    workersPerBlock: () => 4,
    load: () => loads,
    drain: async () => {},
    onGone: (block, status) => void gone.push({ block, status }),
    onBroken: (error) => void broken.push(error),
    random: () => 0,
    ...rest,
  })
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      clock.advance(Math.min(STEP_MS, left))
      await turns()
    }
  }
  const states = () => blocks.status().map(({ id, status }) => `${id} ${status.state}`)
  return { blocks, provider, clock, loads, gone, broken, events, guarded, log, dir: folder.path, turns, pass, states }
}
