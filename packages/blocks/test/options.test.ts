import { describe, expect, it } from 'vitest'
import { type BlocksOption, complaintsAboutBlocks, limitsOf } from '../src/index.js'
import { fakeProvider } from './fake-provider.js'

describe('the numbers of blocks', () => {
  it.each<[BlocksOption, object]>([
    [{}, { init: 1, min: 0, max: 1, parallelism: 1 }],
    [{ max: 10 }, { init: 1, min: 0, max: 10 }],
    [{ init: 4 }, { init: 4, max: 4 }],
    [
      { min: 3, init: 0 },
      { init: 0, min: 3, max: 3 },
    ],
    [{ parallelism: 0.5 }, { parallelism: 0.5 }],
  ])('%j have defaults that fit together', (given, expected) => {
    expect(limitsOf(given)).toMatchObject(expected)
    expect(complaintsAboutBlocks({ provider: fakeProvider(), blocks: given }, 'htex')).toEqual([])
  })

  it.each<[unknown, string]>([
    [{ init: -1 }, 'htex.blocks.init must be a whole number, 0 or more, not -1'],
    [{ max: 0 }, 'htex.blocks.max must be a whole number above 0, not 0'],
    [{ parallelism: 2 }, 'htex.blocks.parallelism must be a number from 0 to 1, not 2'],
    [{ maximum: 2 }, 'htex.blocks has no option "maximum"'],
    [{ init: 5, max: 2 }, 'htex.blocks.init is 5, more than htex.blocks.max, which is 2'],
    [5, 'htex.blocks must be an object, not 5'],
  ])('%j are refused', (given, complaint) => {
    const [first] = complaintsAboutBlocks({ provider: fakeProvider(), blocks: given as BlocksOption }, 'htex')
    expect(first).toContain(complaint)
  })

  it('need a provider', () => {
    expect(complaintsAboutBlocks({ provider: {} as never }, 'htex')).toEqual([
      'htex.provider must be a provider (an object with name, capabilities, statusPeriodMs, nodesPerBlock, submit, status, cancel, cancelCommand)',
    ])
  })
})
