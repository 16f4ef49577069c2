import { describe, expect, it } from 'vitest'
import { callEach, failureOfCalls } from '../src/call-each.ts'
import { RunningBody } from '../src/running-body.ts'
import { type End, endOf, fakePlace, tryOf } from './place.ts'

const calls = (fn: (...args: never[]) => unknown, ...args: readonly (readonly unknown[])[]): Promise<End> =>
  endOf(tryOf(callEach.bind(undefined, fn), { args }))

const failureIn = (end: End) => failureOfCalls(end.is === 'failed' ? end.error : undefined)

describe('callEach()', () => {
  it('calls a function with one item of each list at a time, and gives the values in order', async () => {
    const value = await calls(async (a: number, b: string) => b + a, [1, 2], ['a', 'b'])
    expect(value).toEqual({ is: 'succeeded', value: ['a1', 'b2'] })
    expect(await calls(() => 1)).toEqual({ is: 'succeeded', value: [] })
  })

  it('begins a call when the one before has ended', async () => {
    const seen: string[] = []
    const fn = async (n: number): Promise<void> => {
      seen.push(`begin ${n}`)
      await Promise.resolve()
      seen.push(`end ${n}`)
    }
    await calls(fn, [1, 2])
    expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  it('collects the items of generators', async () => {
    const twice = function* (n: number) {
      yield n
      yield n
    }
    const value = await calls(twice, [1, 2])
    expect(value).toEqual({ is: 'succeeded', value: [[1, 1], [2, 2]] }) // prettier-ignore
  })

  it.each([new Error('own'), Object.freeze(new Error('frozen')), 'text', undefined])(
    'ends at the first failure (%s), which tells what was done before',
    async (thrown) => {
      const called: number[] = []
      const fn = (n: number): number => {
        called.push(n)
        if (n === 3) throw thrown
        return n * 10
      }
      expect(failureIn(await calls(fn, [1, 2, 3, 4]))).toEqual({ error: thrown, values: [10, 20] })
      expect(called).toEqual([1, 2, 3])
    },
  )

  it('tells of each failure what was done before it, though one error stands for several', async () => {
    const error = new Error('one for all')
    const fn = (n: number): number => {
      if (n < 0) throw error
      return n
    }
    const ends = await Promise.all([calls(fn, [1, -1]), calls(fn, [2, -1]), calls(fn, [3, 4, -1])])
    expect(ends.map(failureIn)).toEqual([[1], [2], [3, 4]].map((values) => ({ error, values })))
    expect(Reflect.ownKeys(error)).toEqual(['stack', 'message'])
  })

  it('stops between calls when its task is stopped', async () => {
    const place = fakePlace()
    const called: number[] = []
    const fn = async (n: number): Promise<void> => {
      called.push(n)
      if (n === 2) body.stop('enough')
    }
    const body = new RunningBody(tryOf(callEach.bind(undefined, fn), { args: [[1, 2, 3]] }), place)
    body.start()
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(called).toEqual([1, 2])
  })
})

describe('failureOfCalls()', () => {
  it.each([new Error('other'), 'text', null, undefined])('tells nothing of other failures: %s', (error) => {
    expect(failureOfCalls(error)).toEqual({ error, values: [] })
  })
})
