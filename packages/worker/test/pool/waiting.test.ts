import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newWaitingLine, type WaitingLine } from '../../src/pool/waiting.js'

interface Item {
  readonly id: number
  readonly priority: number | undefined
}

/** What is done to a line: push with a priority, take, put back what was taken last, or remove the item of that number, waiting or not. */
const operations = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('push' as const), priority: fc.constantFrom(undefined, -1, 0, 2) }),
    fc.record({ do: fc.constant('push' as const), priority: fc.integer({ min: -20, max: 20 }) }),
    fc.record({ do: fc.constant('next' as const) }),
    fc.record({ do: fc.constant('giveBack' as const) }),
    fc.record({ do: fc.constant('remove' as const), of: fc.nat(30) }),
  ),
  { maxLength: 200 },
)

const rank = ({ priority = 1_000 }: Item): number => priority

type Step = Parameters<Parameters<typeof operations.filter>[0]>[0][number]

/** Does the same to a line and to a plain list; gives what each of them answered. */
const doBoth = (line: WaitingLine<Item>, plain: { waiting: Item[]; taken: Item[]; all: Item[] }, step: Step) => {
  if (step.do === 'push') {
    const item = { id: plain.all.length, priority: step.priority }
    plain.all.push(item)
    plain.waiting.push(item)
    return [line.push(item), undefined]
  }
  if (step.do === 'next') {
    const [first] = plain.waiting.toSorted((a, b) => rank(a) - rank(b))
    plain.waiting = plain.waiting.filter((item) => item !== first)
    if (first) plain.taken.push(first)
    return [
      [line.peek(), line.next()],
      [first, first],
    ]
  }
  if (step.do === 'giveBack') {
    const item = plain.taken.pop()
    if (item) plain.waiting.unshift(item)
    return [item && line.giveBack(item), undefined]
  }
  const item = plain.all[step.of] ?? { id: -1, priority: undefined }
  const isThere = plain.waiting.includes(item)
  plain.waiting = plain.waiting.filter((other) => other !== item)
  return [line.remove(item), isThere]
}

it('gives what waits by priority and age, whatever was removed or put back, and removes only what waits', () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const line = newWaitingLine<Item>(({ priority }) => priority)
      const plain = { waiting: [], taken: [], all: [] }
      for (const step of steps) {
        const [answer, expected] = doBoth(line, plain, step)
        expect(answer).toEqual(expected)
        expect(line.size).toBe(plain.waiting.length)
      }
    }),
  )
})

it('takes no longer for many priorities than for a few', () => {
  const items = Array.from({ length: 50_000 }, (_, id) => ({ id, priority: (id * 7_919) % 50_000 }))
  const line = newWaitingLine<Item>(({ priority }) => priority)
  for (const item of items) line.push(item)
  const taken = items.map(() => line.next()?.priority)
  expect(taken).toEqual(items.map((_, rankOf) => rankOf))
  expect(line.next()).toBeUndefined()
})
