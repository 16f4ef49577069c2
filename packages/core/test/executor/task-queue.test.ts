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

it('gives what waits by priority and age, whatever was removed, and removes only what waits', () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const queue = newTaskQueue()
      const all: TaskTry[] = []
      let waiting: TaskTry[] = []
      const rank = ({ spec, taskId }: TaskTry): number => (spec.priority ?? 1_000) * 1_000 + taskId
      for (const step of steps) {
        if (step.do === 'push') {
          const attempt = tryWith(all.length, step.priority)
          all.push(attempt)
          waiting.push(attempt)
          queue.push(attempt)
        } else if (step.do === 'next') {
          const first = waiting.toSorted((a, b) => rank(a) - rank(b))[0]
          expect(queue.next()).toBe(first)
          waiting = waiting.filter((attempt) => attempt !== first)
        } else {
          const attempt = all[step.of] ?? tryWith(-1, undefined)
          expect(queue.remove(attempt)).toBe(waiting.includes(attempt))
          waiting = waiting.filter((other) => other !== attempt)
        }
        expect(queue.size).toBe(waiting.length)
      }
    }),
  )
})
