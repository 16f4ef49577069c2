import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { scratch } from '@parsl/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newTickets, ticketsIn } from '../src/tickets.js'

type Step = { readonly do: 'issue'; readonly count: number } | { readonly do: 'claim' | 'recall' }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('issue' as const), count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ do: fc.constantFrom('claim' as const, 'claim' as const, 'recall' as const) }),
  ),
  { maxLength: 80 },
)

describe('tickets', () => {
  it('each are taken once, by the process in the order of its tries or by the pool', async () => {
    await using folder = await scratch()
    fc.assert(
      fc.property(steps, (all) => {
        const tickets = newTickets(join(folder.path, 'tickets'))
        const claim = ticketsIn(tickets.file)
        /** What the process was sent, and has not begun or dropped. */
        const sent: number[] = []
        const begun: number[] = []
        const recalled: number[] = []
        const firsts: [given: number, expected: number][] = []
        let issued = 0
        for (const step of all) {
          if (step.do === 'issue') {
            firsts.push([tickets.issue(step.count), issued])
            for (let left = step.count; left > 0; left--) sent.push(issued++)
          } else if (step.do === 'recall') recalled.push(...tickets.recall())
          else {
            const ticket = sent.shift()
            if (ticket !== undefined && claim(ticket)) begun.push(ticket)
          }
        }
        begun.push(...sent.filter((ticket) => claim(ticket)))
        expect(tickets.recall()).toEqual([])
        tickets.close()
        expect(firsts.filter(([given, expected]) => given !== expected)).toEqual([])
        const taken = [...begun, ...recalled].toSorted((a, b) => a - b)
        expect(taken).toEqual(Array.from({ length: issued }, (_, index) => index))
        expect(begun).toEqual(begun.toSorted((a, b) => a - b))
      }),
      { numRuns: 100 },
    )
    expect(existsSync(join(folder.path, 'tickets'))).toBe(false)
  })
})
