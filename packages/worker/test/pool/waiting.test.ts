import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newWaitingLine } from '../../src/pool/waiting.js'

interface Item {
  readonly id: number
  readonly priority: number | undefined
}

/** What is done to a line: push with a priority, take, put back what was taken last, or remove the item of that number, waiting or not. */
const operations = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('push' as const), priority: fc.constantFrom(undefined, -1, 0, 2) }),
    fc.record({ do: fc.constant('next' as const) }),
    fc.record({ do: fc.constant('giveBack' as const) }),
    fc.record({ do: fc.constant('remove' as const), of: fc.nat(30) }),
  ),
  { maxLength: 200 },
)

const rank = ({ priority = 1_000 }: Item): number => priority

it('gives what waits by priority and age, whatever was removed or put back, and removes only what waits', () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const line = newWaitingLine<Item>(({ priority }) => priority)
      const all: Item[] = []
      const taken: Item[] = []
      let waiting: Item[] = []
      const first = (): Item | undefined => waiting.toSorted((a, b) => rank(a) - rank(b))[0]
      for (const step of steps) {
        if (step.do === 'push') {
          const item = { id: all.length, priority: step.priority }
          all.push(item)
          waiting = [...waiting, item]
          line.push(item)
        } else if (step.do === 'next') {
          const expected = first()
          expect(line.peek()).toBe(expected)
          expect(line.next()).toBe(expected)
          waiting = waiting.filter((item) => item !== expected)
          if (expected) taken.push(expected)
        } else if (step.do === 'giveBack') {
          const item = taken.pop()
          if (item) {
            waiting = [item, ...waiting]
            line.giveBack(item)
          }
        } else {
          const item = all[step.of] ?? { id: -1, priority: undefined }
          expect(line.remove(item)).toBe(waiting.includes(item))
          waiting = waiting.filter((other) => other !== item)
        }
        expect(line.size).toBe(waiting.length)
      }
    }),
  )
})
