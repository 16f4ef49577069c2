import type { TaskTry } from '@parsl/interfaces'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newTaskQueue } from '../../src/executor/task-queue.js'

const tryWith = (taskId: number, priority: number | undefined) => ({ taskId, spec: { priority } }) as TaskTry

/** What is done to a queue: push with a priority, take, or remove the try of that number, waiting or not. */
const operations = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('push' as const), priority: fc.constantFrom(undefined, -1, 0, 2) }),
    fc.record({ do: fc.constant('next' as const) }),
    fc.record({ do: fc.constant('remove' as const), of: fc.nat(30) }),
  ),
  { maxLength: 200 },
)

type Steps = typeof operations extends fc.Arbitrary<infer Drawn> ? Drawn : never

const rank = ({ spec, taskId }: TaskTry): number => (spec.priority ?? 1_000) * 1_000 + taskId

/** What a queue answers to each step, and what a list that is searched each time would. */
const answers = (steps: Steps) => {
  const queue = newTaskQueue()
  const all: TaskTry[] = []
  let waiting: TaskTry[] = []
  const without = (gone: TaskTry | undefined): void => void (waiting = waiting.filter((attempt) => attempt !== gone))
  return steps.map((step) => {
    if (step.do === 'push') {
      const attempt = tryWith(all.length, step.priority)
      all.push(attempt)
      waiting.push(attempt)
      return [
        [queue.push(attempt), queue.size],
        [undefined, waiting.length],
      ]
    }
    if (step.do === 'next') {
      const first = waiting.toSorted((a, b) => rank(a) - rank(b))[0]
      without(first)
      return [
        [queue.next(), queue.size],
        [first, waiting.length],
      ]
    }
    const attempt = all[step.of] ?? tryWith(-1, undefined)
    const isThere = waiting.includes(attempt)
    without(attempt)
    return [
      [queue.remove(attempt), queue.size],
      [isThere, waiting.length],
    ]
  })
}

it('gives what waits by priority and age, whatever was removed, and removes only what waits', () => {
  fc.assert(
    fc.property(operations, (steps) => {
      for (const [answer, expected] of answers(steps)) expect(answer).toEqual(expected)
    }),
  )
})
