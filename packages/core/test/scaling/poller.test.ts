import type { Block, BlockLimits, JobState, Scalable } from '@parsl/interfaces'
import { fakeClock } from '@parsl/testing'
import { expect, it } from 'vitest'
import type { StartedExecutor } from '../../src/executor/started.js'
import { newScaling } from '../../src/scaling/poller.js'
import type { StrategyName } from '../../src/scaling/strategies.js'
import { fakeExecutor } from '../executor/fake.js'
import { logSpy, testKernel } from '../fixture.js'

/** Blocks that come and go at once, and the calls that made them. */
const fakeBlocks = (limits: Partial<BlockLimits> = {}, workersPerBlock = 1) => {
  const blocks: Block[] = []
  const calls: string[] = []
  const scaling: Scalable = {
    limits: { init: 1, min: 0, max: 5, parallelism: 1, ...limits },
    workersPerBlock: () => workersPerBlock,
    status: () => blocks,
    scaleOut: (count) => {
      calls.push(`out ${count}`)
      for (let i = 0; i < count; i++) add('pending')
      return count
    },
    scaleIn: (count, which) => {
      calls.push(`in ${count}${which ? ` idle ${which.idleMs}` : ''}`)
      blocks.splice(0, count)
      return count
    },
  }
  const add = (state: JobState, draining = false): void => {
    blocks.push({ id: String(blocks.length), status: { state }, tasks: 0, idleMs: 0, draining, connected: true })
  }
  return { scaling, calls, blocks, add }
}

const scalable = (fake: { scaling: Scalable }, label = 'htex', load = { outstanding: 0, slots: 1 }) => {
  const executor: StartedExecutor = {
    plugin: fakeExecutor({ label }),
    running: { submit: () => {}, stop: () => {}, load: () => load, close: async () => {}, scaling: fake.scaling },
    broken: undefined,
  }
  return { executor, load }
}

const poller = (strategy: StrategyName = 'simple') => {
  const clock = fakeClock()
  const log = logSpy()
  const scaling = newScaling({ strategy, strategyPeriodMs: 5_000, maxIdleMs: 120_000 }, { clock, log })
  return { clock, log, scaling }
}

it.each(['none', 'simple', 'htexAutoScale'] as const)('asks for the first blocks at once (%s)', (strategy) => {
  const { scaling } = poller(strategy)
  const blocks = fakeBlocks({ init: 3 })
  scaling.watch([scalable(blocks).executor])
  expect(blocks.calls).toEqual(['out 3'])
})

it('decides once a period, and asks for blocks while there is work', () => {
  const { scaling, clock } = poller()
  const blocks = fakeBlocks({ init: 0 })
  const { executor, load } = scalable(blocks)
  scaling.watch([executor])
  load.outstanding = 2
  clock.advance(4_999)
  expect(blocks.calls).toEqual([])
  clock.advance(1)
  expect(blocks.calls).toEqual(['out 2'])
  load.outstanding = 3
  clock.advance(5_000)
  expect(blocks.calls).toEqual(['out 2', 'out 1'])
})

it('removes blocks when the executor had nothing to do for long enough', () => {
  const { scaling, clock } = poller()
  const blocks = fakeBlocks({ init: 2, min: 1 })
  const { executor, load } = scalable(blocks)
  scaling.watch([executor])
  load.outstanding = 1
  clock.advance(60_000)
  load.outstanding = 0
  clock.advance(115_000)
  expect(blocks.calls).toEqual(['out 2'])
  clock.advance(5_000)
  expect(blocks.calls).toEqual(['out 2', 'in 1'])
})

it('removes idle blocks while others work, where the strategy does', () => {
  const { scaling, clock } = poller('htexAutoScale')
  const blocks = fakeBlocks({ init: 3 })
  const { executor, load } = scalable(blocks)
  load.outstanding = 3
  scaling.watch([executor])
  load.outstanding = 1
  clock.advance(5_000)
  expect(blocks.calls).toEqual(['out 3', 'in 2 idle 120000'])
})

it('counts neither blocks that have ended nor blocks that are being ended', () => {
  const { scaling, clock } = poller()
  const blocks = fakeBlocks({ init: 0 })
  const { executor, load } = scalable(blocks)
  blocks.add('completed')
  blocks.add('missing')
  blocks.add('running', true)
  scaling.watch([executor])
  load.outstanding = 1
  clock.advance(5_000)
  expect(blocks.calls).toEqual(['out 1'])
})

it("goes on with the others when one executor's blocks throw, and with that one in the next period", () => {
  const { scaling, clock, log } = poller()
  const bad = fakeBlocks()
  let isBad = true
  const throwing: Scalable = {
    ...bad.scaling,
    status: () => {
      if (isBad) throw new Error('no blocks today')
      return bad.blocks
    },
  }
  const good = fakeBlocks({ init: 0 })
  const worker = scalable(good, 'good', { outstanding: 1, slots: 1 })
  const broken = scalable({ scaling: throwing }, 'bad', { outstanding: 2, slots: 1 })
  scaling.watch([broken.executor, worker.executor])
  expect(good.calls).toEqual(['out 1'])
  expect(log.error).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ executor: 'bad', err: expect.objectContaining({ message: 'no blocks today' }) as Error }),
    'the executor could not be scaled',
  )
  isBad = false
  clock.advance(5_000)
  expect(bad.calls).toEqual(['out 1', 'out 1'])
})

it('leaves a broken executor alone', () => {
  const { scaling, clock } = poller()
  const blocks = fakeBlocks()
  const { executor, load } = scalable(blocks)
  scaling.watch([executor])
  load.outstanding = 100
  executor.broken = new Error('it has lost its blocks')
  clock.advance(50_000)
  expect(blocks.calls).toEqual(['out 1'])
})

it('has no timer without executors that have blocks, and none once it was stopped', () => {
  const { scaling, clock } = poller()
  scaling.watch([
    {
      plugin: fakeExecutor(),
      running: { ...scalable(fakeBlocks()).executor.running, scaling: undefined } as never,
      broken: undefined,
    },
  ])
  expect(clock.waiting()).toBe(0)
  scaling.watch([scalable(fakeBlocks()).executor])
  expect(clock.waiting()).toBe(1)
  scaling.stop()
  expect(clock.waiting()).toBe(0)
})

it('says in the log why, and says it once', () => {
  const { scaling, clock, log } = poller()
  const { executor, load } = scalable(fakeBlocks({ init: 1, max: 2 }))
  scaling.watch([executor])
  load.outstanding = 3
  clock.advance(30_000)
  expect(log.debug.mock.calls.map(([, message]) => message)).toEqual([
    'scaleOut for htex: so many are asked for at the start',
    'nothing for htex: nothing is outstanding, not yet for 120 s',
    'scaleOut for htex: 3 outstanding, 1 workers there or on their way, 1 workers a block',
    'nothing for htex: 3 outstanding, 2 workers there or on their way; 2 blocks are the most there may be',
  ])
  expect(log.debug.mock.calls[2]?.[0]).toMatchObject({ executor: 'htex', strategy: 'simple', asked: 1, blocks: 1 })
})

it('is part of a kernel: blocks are asked for at its start, for added executors too, and no more after its end', async () => {
  const blocks = fakeBlocks({ init: 2 })
  const added = fakeBlocks({ init: 1 })
  const kernel = await testKernel({ executors: [fakeExecutor({ running: { scaling: blocks.scaling } })] })
  expect(blocks.calls).toEqual(['out 2'])
  await kernel.addExecutors([fakeExecutor({ label: 'added', running: { scaling: added.scaling } })])
  expect(added.calls).toEqual(['out 1'])
  await kernel[Symbol.asyncDispose]()
  expect(blocks.calls).toEqual(['out 2'])
})

it('is told its strategy by the configuration', async () => {
  const blocks = fakeBlocks({ init: 0, min: 2 })
  await using kernel = await testKernel({
    executors: [fakeExecutor({ running: { scaling: blocks.scaling } })],
    strategy: 'none',
    strategyPeriod: '1s',
    maxIdleTime: 0,
  })
  expect(kernel.config).toMatchObject({ strategy: 'none', strategyPeriodMs: 1_000, maxIdleMs: 0 })
  expect(blocks.calls).toEqual([])
})
