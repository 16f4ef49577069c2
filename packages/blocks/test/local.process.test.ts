import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Guardian, type Logger, systemClock } from '@parsl/interfaces'
import { singleNodeLauncher } from '@parsl/launchers'
import { localProvider, type LocalProviderOptions } from '@parsl/provider-local'
import { eventually, processesWith, scratch } from '@parsl/testing'
import { expect, it, onTestFinished } from 'vitest'
import { type Blocks, type BlocksSetup, startBlocks } from '../src/index.js'

const quiet = (): void => {}
const LOG: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const GUARD = { guardMs: 50_000 }

/** Blocks of real processes, all of which carry a mark. */
const start = async (
  commandFor: BlocksSetup['commandFor'],
  options: LocalProviderOptions & Partial<Pick<BlocksSetup, 'drain' | 'onBroken' | 'onGone'>> = {},
) => {
  const { drain = async () => {}, onBroken = quiet, onGone = quiet, ...provider } = options
  const folder = await scratch()
  const mark = `blocks-${process.pid}-${folder.path}`
  const held = new Set<readonly string[]>()
  const guardian: Guardian = {
    mark: () => ({ PARSL_TEST_BLOCKS: mark }),
    processGroup: () => quiet,
    path: () => quiet,
    command: (argv) => {
      held.add(argv)
      return () => void held.delete(argv)
    },
  }
  const blocks = await startBlocks({
    label: 'local',
    provider: localProvider({ statusPeriod: '50ms', killGrace: '1s', ...provider }),
    limits: { init: 1, min: 0, max: 4, parallelism: 1 },
    context: { runId: 'process-test', dir: folder.path, clock: systemClock, log: LOG, guardian, sinks: [] },
    commandFor,
    workersPerBlock: () => 1,
    load: () => new Map(),
    drain,
    onGone,
    onBroken,
  })
  const running = () => processesWith(`PARSL_TEST_BLOCKS=${mark}`)
  onTestFinished(async () => {
    await blocks.close()
    expect(running()).toEqual([])
    await folder[Symbol.asyncDispose]()
  })
  return { blocks, folder, held, running }
}

const states = (blocks: Blocks): readonly string[] => blocks.status().map(({ id, status }) => `${id} ${status.state}`)
const whenStates = (blocks: Blocks, ...expected: readonly string[]): Promise<void> =>
  eventually(() => states(blocks).join() === expected.join(), { ...GUARD, state: () => blocks.status() })

const ENDLESS = 'while :; do sleep 1; done'

it('starts blocks, watches them, and leaves nothing when it is closed', async () => {
  const { blocks, running, held } = await start((block) => `echo block ${block}\n${ENDLESS}`)
  expect(blocks.scaleOut(3)).toBe(3)
  await whenStates(blocks, '0 running', '1 running', '2 running')
  expect(running().length).toBeGreaterThanOrEqual(3)
  expect(held.size).toBe(3)
  expect(await blocks.close()).toEqual([])
  expect(running()).toEqual([])
  expect(held.size).toBe(0)
  expect(states(blocks)).toEqual(['0 scaledIn', '1 scaledIn', '2 scaledIn'])
})

it('names what a block that came to nothing left behind, and gives the executor up', async () => {
  const broken: Error[] = []
  const { blocks } = await start(() => 'echo to standard output; echo no such worker >&2; exit 127', {
    onBroken: (error) => void broken.push(error),
  })
  blocks.scaleOut(1)
  await whenStates(blocks, '0 missing')
  expect(blocks.status()[0]?.status).toMatchObject({ exitCode: 127, outputTail: 'to standard output\nno such worker' })
  const { message } = broken[0] as Error
  for (const part of ['executor local lost a block:', 'exit code: 127', 'no such worker', 'local.process-.block-0.err'])
    expect(message).toContain(part)
})

it('sees that a block was killed from outside', async () => {
  const gone: string[] = []
  const { blocks } = await start(() => ENDLESS, {
    onGone: (block, { state, signal }) => void gone.push(`${block} ${state} ${signal}`),
  })
  blocks.scaleOut(2)
  await whenStates(blocks, '0 running', '1 running')
  blocks.connected('0')
  process.kill(-Number(/^\d+/.exec(blocks.status()[0]?.job ?? '')?.[0]), 'SIGKILL')
  await whenStates(blocks, '0 failed', '1 running')
  expect(gone).toEqual(['0 failed SIGKILL'])
})

it('lets a block finish what it has before it is ended', async () => {
  const drain = Promise.withResolvers<void>()
  const { blocks } = await start(() => ENDLESS, { drain: () => drain.promise })
  blocks.scaleOut(1)
  await whenStates(blocks, '0 running')
  blocks.connected('0')
  expect(blocks.scaleIn(1)).toBe(1)
  expect(blocks.status()[0]).toMatchObject({ draining: true, status: { state: 'running' } })
  drain.resolve()
  await whenStates(blocks, '0 scaledIn')
})

it('applies the launcher of the provider', async () => {
  const { blocks, folder } = await start((block) => `echo "block ${block} of $WORKERCOUNT"`, {
    launcher: singleNodeLauncher(),
  })
  blocks.scaleOut(1)
  await whenStates(blocks, '0 missing')
  const output = join(folder.path, 'submit_scripts', 'parsl.local.process-.block-0.out')
  expect(readFileSync(output, 'utf8')).toBe('block 0 of 1\n')
})
