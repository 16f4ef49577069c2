import { describe, expect, it } from 'vitest'
import { Census } from '../../src/executor/census.ts'

const aManager = (manager: string, block: string, slots = 2) => ({ manager, block, slots })

describe('the census of managers', () => {
  it('counts workers, and a manager that comes again once', () => {
    const census = new Census(() => 0)
    census.joined(aManager('a', '0'))
    census.joined(aManager('b', '0', 4))
    census.joined(aManager('a', '0', 3))
    expect([census.slots, census.blocks]).toEqual([7, ['0']])
    census.left('b', '0')
    census.left('never there', '5')
    expect([census.slots, census.blocks]).toEqual([3, ['0']])
    census.left('a', '0')
    expect([census.slots, census.blocks]).toEqual([0, []])
  })

  it('says of each block how many tasks run, and since when none did', () => {
    let now = 1_000
    const census = new Census(() => now)
    census.joined(aManager('a', '0'))
    now = 1_500
    expect(census.loads()).toEqual(new Map([['0', { tasks: 0, idleMs: 500 }]]))
    census.began('0')
    census.began('0')
    census.ended('0')
    expect(census.loads()).toEqual(new Map([['0', { tasks: 1, idleMs: 0 }]]))
    census.ended('0')
    census.ended('0')
    census.ended(undefined)
    now = 2_000
    expect(census.loads()).toEqual(new Map([['0', { tasks: 0, idleMs: 500 }]]))
  })

  it('tells when blocks have no manager any more', async () => {
    const census = new Census(() => 0)
    await census.emptied(['7'])
    for (const name of ['a', 'b']) census.joined(aManager(name, '0'))
    let isEmpty = false
    const emptied = census.emptied(['0', '7']).then(() => (isEmpty = true))
    census.left('a', '0')
    await Promise.resolve()
    expect(isEmpty).toBe(false)
    census.left('b', '0')
    await emptied
  })
})
