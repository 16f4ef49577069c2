import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newReady } from '../../src/interchange/selector.js'
import { seeded } from './world.js'

interface Some {
  readonly block: string
  readonly name: string
}

const managersIn = (...blocks: readonly string[]): Some[] => blocks.map((block, n) => ({ block, name: `m${n}` }))
const anyOne = (): boolean => false

const setupFor = (all: readonly Some[]) => ({
  random: seeded(7),
  managersOf: (block: string) => all.filter((manager) => manager.block === block).length,
})

describe('a selector', () => {
  it.each(['random', 'blockId', 'fewestManagers'] as const)(
    'gives only what was added and not removed, and something as long as there is any (%s)',
    (name) => {
      const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { maxLength: 100, size: 'max' })
      fc.assert(
        fc.property(steps, (all) => {
          const managers = managersIn('1', '1', '1', '2', '2', '10', '10', '3', '4', 'x')
          const ready = newReady<Some>(name, setupFor(managers))
          const there = new Set<Some>()
          for (const [isAdded, which] of all) {
            const manager = managers[which] as Some
            if (isAdded) ready.add(manager)
            else ready.remove(manager)
            if (isAdded) there.add(manager)
            else there.delete(manager)
            const picked = ready.pick(anyOne)
            expect([ready.size, picked && there.has(picked)]).toEqual([there.size, there.size > 0 ? true : undefined])
          }
        }),
      )
    },
  )

  it('by block id gives the newest block first, by number', () => {
    const managers = managersIn('2', '10', '9')
    const ready = newReady<Some>('blockId', setupFor(managers))
    const order: (string | undefined)[] = []
    for (const manager of managers) ready.add(manager)
    for (let picked = ready.pick(anyOne); picked; picked = ready.pick(anyOne)) {
      order.push(picked.block)
      ready.remove(picked)
    }
    expect(order).toEqual(['10', '9', '2'])
  })

  it('by fewest managers gives blocks of few managers first', () => {
    const managers = managersIn('a', 'a', 'a', 'b', 'c', 'c')
    const ready = newReady<Some>('fewestManagers', setupFor(managers))
    for (const manager of managers) ready.add(manager)
    expect(ready.pick(anyOne)?.block).toBe('b')
    ready.remove(managers[3] as Some)
    expect(ready.pick(anyOne)?.block).toBe('c')
  })

  it('at random gives each of them now and then, and what is preferred most of the time', () => {
    const managers = managersIn('a', 'a', 'a', 'b')
    const ready = newReady<Some>('random', setupFor(managers))
    for (const manager of managers) ready.add(manager)
    const picks = Array.from({ length: 200 }, () => ready.pick(anyOne)?.name)
    expect(new Set(picks).size).toBe(4)
    const preferred = Array.from({ length: 200 }, () => ready.pick(({ name }) => name === 'm2')?.name)
    expect(preferred.filter((name) => name === 'm2').length).toBeGreaterThan(100)
  })
})
