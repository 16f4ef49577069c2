import { isParslError } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { RunningBody } from '../src/running-body.ts'
import { callWithin, currentTask, task } from '../src/task-context.ts'
import { fakePlace, tryOf } from './place.ts'

const taskWith = (taskId: number, body: () => unknown): RunningBody =>
  new RunningBody({ ...tryOf(body), taskId }, fakePlace())

/** Calls a body as the task with this number. */
const callAs = (taskId: number, body: () => unknown): unknown => callWithin(taskWith(taskId, body))

describe('task', () => {
  it('throws outside a body', () => {
    expect(currentTask()).toBeUndefined()
    expect(task).toThrow('task() gives the task whose body is running, and here none is')
    expect(task).toThrow(expect.toSatisfy((error: unknown) => isParslError(error, 'PARSL_APP_NO_TASK')))
  })

  it('is the task whose body calls it', () => {
    const inHand = taskWith(7, () => task().id)
    expect(callWithin(inHand)).toBe(inHand.id)
    expect(callAs(8, () => task().id)).toBe(8)
  })

  it('is over when the body has ended, or has thrown', () => {
    callAs(7, () => 1)
    expect(currentTask()).toBeUndefined()
    expect(() =>
      callAs(7, () => {
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(currentTask()).toBeUndefined()
    expect(callAs(8, () => task().id)).toBe(8)
  })

  it('is over for the caller of a body that goes on', async () => {
    const ended = callAs(7, async () => {})
    expect(currentTask()).toBeUndefined()
    await ended
    expect(currentTask()).toBeUndefined()
  })

  it('stays with each of many bodies that take turns', async () => {
    const body = async (): Promise<number[]> => {
      const seen = [task().id]
      for (let turn = 0; turn < 5; turn++) {
        await Promise.resolve()
        seen.push(task().id, ...(await Promise.all([1, 2].map(async () => task().id))))
      }
      return seen
    }
    const ids = Array.from({ length: 20 }, (_, id) => id)
    const seen = await Promise.all(ids.map((id) => callAs(id, body) as Promise<number[]>))
    expect(seen).toEqual(ids.map((id) => Array.from({ length: 16 }, () => id)))
  })

  it('stays with bodies among others that end at once', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const later = async (): Promise<number> => {
      await gate
      return task().id
    }
    const results = [callAs(1, later), callAs(2, () => task().id), callAs(3, later), callAs(4, () => task().id)]
    open()
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4])
  })

  it('is the inner one in a body that is called by another', () => {
    const seen = callAs(1, () => [task().id, callAs(2, () => task().id), task().id])
    expect(seen).toEqual([1, 2, 1])
  })

  it('stays with promises that a body returns inside a container', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const later = async (): Promise<number> => {
      await gate
      return task().id
    }
    const first = callAs(1, () => [later()]) as Promise<number>[]
    const second = callAs(2, later)
    open()
    expect([...(await Promise.all(first)), await second]).toEqual([1, 2])
  })
})
