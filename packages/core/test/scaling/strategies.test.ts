import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Demand, strategies, type StrategyName } from '../../src/scaling/strategies.js'

const LIMITS = { init: 0, min: 0, max: 20, parallelism: 1 }
const demand = ({ limits, ...rest }: Partial<Omit<Demand, 'limits'>> & { limits?: Partial<Demand['limits']> }) => ({
  outstanding: 0,
  workersPerBlock: 1,
  blocks: 0,
  able: rest.blocks ?? 0,
  idleMs: 0,
  maxIdleMs: 120_000,
  ...rest,
  limits: { ...LIMITS, ...limits },
})

const SCALERS = ['simple', 'htexAutoScale'] as const

/** Blocks after so many decisions, with tasks that never end. */
const settled = (name: StrategyName, given: Demand, rounds: number): number[] => {
  let { blocks } = given
  return Array.from({ length: rounds }, () => {
    const decision = strategies[name]({ ...given, blocks, able: blocks, idleMs: Infinity })
    if (decision.do === 'scaleOut') blocks += decision.count
    if (decision.do === 'scaleIn') blocks -= decision.count
    return blocks
  })
}

describe.each(SCALERS)('%s', (name) => {
  const decide = (given: Parameters<typeof demand>[0]) => strategies[name](demand(given))

  it.each([
    [14, 48, 1],
    [1, 1, 1],
    [100, 1, 20],
    [47, 48, 1],
    [48, 48, 1],
    [49, 48, 2],
    [149, 50, 3],
  ])(
    'for %i tasks and %i workers a block comes to %i blocks, and stays there',
    (outstanding, workersPerBlock, blocks) => {
      expect(new Set(settled(name, demand({ outstanding, workersPerBlock }), 20))).toEqual(new Set([blocks]))
    },
  )

  it('asks for a second block with the fifth task where half a worker a task is enough', () => {
    const given = { workersPerBlock: 2, blocks: 1, limits: { min: 1, init: 1, max: 2, parallelism: 0.5 } }
    expect(decide({ ...given, outstanding: 4 }).do).toBe('nothing')
    expect(decide({ ...given, outstanding: 5 })).toMatchObject({ do: 'scaleOut', count: 1 })
  })

  it('keeps the least number of blocks when nothing is outstanding', () => {
    expect(decide({ blocks: 2, limits: { min: 2 }, idleMs: Infinity }).do).toBe('nothing')
  })

  it('asks for blocks that are missing to the least number, work or not', () => {
    expect(decide({ blocks: 1, limits: { min: 3 } })).toMatchObject({ do: 'scaleOut', count: 2 })
  })

  it('removes blocks beyond the least number once nothing was outstanding for long', () => {
    expect(decide({ blocks: 5, limits: { min: 2 }, idleMs: 119_999 }).do).toBe('nothing')
    const decision = decide({ blocks: 5, limits: { min: 2 }, idleMs: 120_000 })
    expect(decision).toMatchObject({ do: 'scaleIn', count: 3 })
    expect(decision).not.toHaveProperty('idleMs')
  })

  it('asks for nothing where there are as many blocks as there may be', () => {
    expect(decide({ outstanding: 100, blocks: 20 }).do).toBe('nothing')
  })

  it('asks for no more than there may be', () => {
    expect(decide({ outstanding: 100, blocks: 18 })).toMatchObject({ do: 'scaleOut', count: 2 })
  })

  it('asks for one block where parallelism is nothing and there is work', () => {
    const limits = { parallelism: 0 }
    expect(decide({ outstanding: 100, limits })).toMatchObject({ do: 'scaleOut', count: 1 })
    expect(decide({ outstanding: 100, blocks: 1, limits }).do).toBe('nothing')
  })

  it('counts blocks that the batch system holds among those there are, and not among those that work', () => {
    expect(decide({ outstanding: 3, blocks: 2, able: 0, limits: { max: 4 } })).toMatchObject({
      do: 'scaleOut',
      count: 2,
    })
  })
})

describe('simple', () => {
  it('leaves idle blocks alone while others work', () => {
    const given = { outstanding: 2, workersPerBlock: 1, blocks: 5, idleMs: 0 }
    expect(strategies.simple(demand(given)).do).toBe('nothing')
  })
})

describe('htexAutoScale', () => {
  it('removes blocks that are to spare, if they were idle for long', () => {
    const given = { outstanding: 5, workersPerBlock: 2, blocks: 5 }
    expect(strategies.htexAutoScale(demand(given))).toMatchObject({ do: 'scaleIn', count: 2, idleMs: 120_000 })
  })

  it('keeps the least number of blocks, and a block that is to spare only in part', () => {
    expect(strategies.htexAutoScale(demand({ outstanding: 1, blocks: 2, limits: { min: 2 } })).do).toBe('nothing')
    expect(strategies.htexAutoScale(demand({ outstanding: 3, workersPerBlock: 4, blocks: 1 })).do).toBe('nothing')
  })
})

describe('none', () => {
  it('leaves blocks as they are', () => {
    expect(strategies.none(demand({ outstanding: 100 })).do).toBe('nothing')
    expect(strategies.none(demand({ blocks: 10, idleMs: Infinity })).do).toBe('nothing')
  })
})

describe('every strategy', () => {
  const demands = fc
    .record({
      outstanding: fc.nat(300),
      workersPerBlock: fc.integer({ min: 1, max: 64 }),
      min: fc.nat(5),
      more: fc.nat(20),
      parallelism: fc.double({ min: 0, max: 1, noNaN: true }),
      blocks: fc.nat(25),
      held: fc.nat(5),
      idleMs: fc.nat(200_000),
    })
    .map(({ min, more, parallelism, held, blocks, ...rest }) =>
      demand({
        ...rest,
        blocks,
        able: Math.max(0, blocks - held),
        limits: { min, max: Math.max(1, min + more), parallelism },
      }),
    )
  const names = fc.constantFrom<StrategyName>('none', 'simple', 'htexAutoScale')

  it('never asks for more than the most, never removes below the least, and says why', () => {
    fc.assert(
      fc.property(names, demands, (name, given) => {
        const decision = strategies[name](given)
        expect(decision.why).not.toBe('')
        const { blocks, limits } = given
        const count = decision.do === 'nothing' ? 1 : decision.count
        expect(Number.isSafeInteger(count) && count > 0).toBe(true)
        expect(decision.do === 'scaleOut' ? blocks + count : 0).toBeLessThanOrEqual(limits.max)
        expect(decision.do === 'scaleIn' ? blocks - count : limits.min).toBeGreaterThanOrEqual(limits.min)
      }),
    )
  })

  it('comes to rest when the work stays the same', () => {
    fc.assert(
      fc.property(names, demands, (name, given) => {
        const blocks = settled(name, { ...given, blocks: Math.min(given.blocks, given.limits.max) }, 6)
        expect(new Set(blocks.slice(2)).size).toBe(1)
      }),
    )
  })
})
