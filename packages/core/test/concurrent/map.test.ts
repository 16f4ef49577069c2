import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { fakeClock } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { inProcessExecutor } from '../../src/index.js'
import { startPool } from '../../src/concurrent/start.js'
import { errorOf, eventually, testKernel, thrownBy } from '../fixture.js'
import { collect, gated, poolOn, untilFailure } from './pools.js'

const double = (x: number): number => x * 2
const upTo = (n: number): Iterable<number> => Array(n).keys()

/** Counts for ever, and knows how far it was asked and whether it was closed. */
const counter = () => {
  const seen = { pulled: 0, closed: false }
  const items = function* () {
    try {
      for (;;) yield seen.pulled++
    } finally {
      seen.closed = true
    }
  }
  return { seen, items: items() }
}

describe('map() of a pool', () => {
  it('gives results in the order of the items, whichever end first', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const { fn, started, open } = gated()
    const results = collect(pool.map(fn, upTo(3)))
    await eventually(() => started.length === 3)
    for (const n of [2, 0, 1]) open(n)
    expect(await results).toEqual([0, 10, 20])
  })

  it('submits all at once, before anybody looks at the results', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const { seen } = { seen: [] as number[] }
    pool.map((x: number) => seen.push(x), upTo(5_000))
    expect(kernel.taskCount).toBe(5_000)
    await pool.shutdown()
    expect(seen.length).toBe(5_000)
  })

  it('takes one item of each source at a time, until the shortest has ended, and closes the others', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const { seen, items } = counter()
    const joined = (...parts: (string | number)[]): string => parts.join('')
    expect(await collect(pool.map((a: string, b: number) => joined(a, b), 'abc', items))).toEqual(['a0', 'b1', 'c2'])
    expect(seen.closed).toBe(true)
    const three = pool.map((a: number, b: number, c: string) => joined(a, b, c), [1, 2], new Set([3, 4]), ['x'])
    expect(await collect(three)).toEqual(['13x'])
    expect(await collect(pool.map(double, []))).toEqual([])
  })

  it('takes items that come in their time, alone and beside others', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const slowly = async function* () {
      for (const n of [1, 2, 3]) {
        await nextTurn()
        yield n
      }
    }
    expect(await collect(pool.map(double, slowly()))).toEqual([2, 4, 6])
    expect(await collect(pool.map((a: string, b: number) => a + b, 'ab', slowly(), { buffersize: 1 }))).toEqual([
      'a1',
      'b2',
    ])
    expect(await collect(pool.map(double, slowly(), { chunksize: 2 }))).toEqual([2, 4, 6])
  })

  it('takes futures as items', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    for (const chunksize of [1, 2, 3]) {
      const items = [pool.submit(double, 1), 5, Promise.resolve(7)]
      expect(await collect(pool.map(double, items, { chunksize }))).toEqual([4, 10, 14])
    }
  })

  it('throws the error of a call at its place, and cancels what is left', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const fn = async (n: number): Promise<number> => {
      if (n === 2) throw new RangeError('two')
      return n < 2 ? n : new Promise<number>(() => {})
    }
    const { seen, error } = await untilFailure(pool.map(fn, upTo(5)))
    expect([seen, error]).toEqual([[0, 1], new RangeError('two')])
    await kernel.waitForCurrentTasks()
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 2, failed: 1, cancelled: 2 })
    expect((await kernel.close()).unawaited).toEqual([])
  })

  it('cancels what is left when the loop is left, and closes its source', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const pool = await poolOn(kernel)
    const { fn, open } = gated()
    const { seen, items } = counter()
    open(0)
    for await (const result of pool.map(fn, items, { buffersize: 3 })) {
      expect(result).toBe(0)
      break
    }
    await kernel.waitForCurrentTasks()
    expect(seen).toEqual({ pulled: 4, closed: true })
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 1, running: 0, cancelled: 3 })
    expect((await kernel.close()).unawaited).toEqual([])
  })

  it('throws what its source throws, after the results before', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const items = function* () {
      yield* [1, 2, 3]
      throw new Error('source')
    }
    const later = async function* () {
      yield* items()
    }
    for (const source of [items, later]) {
      for (const chunksize of [1, 2, 10]) {
        const { seen, error } = await untilFailure(pool.map(double, source(), { chunksize }))
        expect([seen, error]).toEqual([[2, 4, 6], new Error('source')])
      }
    }
  })

  it('with a buffersize has no more tasks under way, or ended and not taken', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const { seen, items } = counter()
    const results = pool.map(double, items, { buffersize: 4 })
    expect([kernel.taskCount, seen.pulled]).toEqual([4, 4])
    for (let n = 0; n < 3; n++) expect(await results.next()).toEqual({ done: false, value: n * 2 })
    expect([kernel.taskCount, seen.pulled]).toEqual([7, 7])
    await results.return()
    expect(seen.closed).toBe(true)
  })

  it('goes through many items in little room', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    let sum = 0
    for await (const n of pool.map(double, upTo(20_000), { buffersize: 50, chunksize: 3 })) {
      sum += n
      expect(kernel.tasks.length).toBeLessThanOrEqual(50)
    }
    expect(sum).toBe(399_980_000)
  })

  it.each<[string, unknown[], RegExp]>([
    ['no items', [], /map\(fn, items\)/],
    ['a number', [5], /options of map/],
    ['a number among the sources', [[1], 5, [2]], /argument 3 of map must be iterable/],
    ['a misspelt option', [[1], { chunkSize: 2 }], /chunksize/],
    ['no calls a task', [[1], { chunksize: 0 }], /whole number/],
    ['no time', [[1], { timeout: 0 }], /timeout/],
  ])('refuses %s', async (_, rest, message) => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const call = (): unknown => (pool.map as (...all: unknown[]) => unknown)(double, ...rest)
    expect(thrownBy(call)).toMatchObject({ code: 'PARSL_CONFIG', message: expect.stringMatching(message) as string })
    expect(kernel.taskCount).toBe(0)
  })
})

describe('chunks', () => {
  it('make one task of many calls', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    expect(await collect(pool.map(double, upTo(10), { chunksize: 4 }))).toEqual([...upTo(10)].map(double))
    expect(kernel.taskCount).toBe(3)
  })

  it('give the same as calls one by one, whatever the sizes', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const size = fc.integer({ min: 1, max: 12 })
    const fn = async (n: number, fails: boolean): Promise<number> => {
      if (fails) throw new Error(`at ${n}`)
      return n
    }
    const ends = async (fails: readonly boolean[], options: object): Promise<unknown> => {
      const seen: number[] = []
      try {
        for await (const n of pool.map(fn, upTo(50), fails, options)) seen.push(n)
        return { seen }
      } catch (error) {
        return { seen, error: (error as Error).message }
      }
    }
    const failing = fc.array(fc.integer({ min: 0, max: 9 }).map((n) => n === 0), { maxLength: 40 }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(failing, size, size, async (fails, chunksize, buffersize) => {
        const expected = await ends(fails, {})
        expect(await ends(fails, { chunksize, buffersize })).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })

  it('give what was done before a call failed, whatever it threw', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const frozen = Object.freeze(new Error('frozen'))
    const shared = new Error('shared')
    for (const thrown of ['text', undefined, null, frozen, shared, new RangeError('own')]) {
      const fn = (n: number): number => {
        if (n === 3) throw thrown
        return n
      }
      const { seen, error } = await untilFailure(pool.map(fn, upTo(9), { chunksize: 5 }))
      expect(seen).toEqual([0, 1, 2])
      expect(error).toBe(thrown)
    }
    expect(Object.getOwnPropertySymbols(shared)).toEqual([Symbol.for('parsl.task')])
  })

  it('tell errors apart that are one object', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const error = new Error('one for all')
    const fn = (n: number): number => {
      if (n % 10 === 3) throw error
      return n
    }
    const maps = [0, 10, 20].map((from) => pool.map(fn, [0, 1, 2, 3].map((n) => n + from), { chunksize: 4 })) // prettier-ignore
    await kernel.waitForCurrentTasks()
    const ends = await Promise.all(maps.map(untilFailure))
    expect(ends).toEqual([0, 10, 20].map((from) => ({ seen: [from, from + 1, from + 2], error })))
  })

  it('are tried again as a whole', async () => {
    await using kernel = await testKernel({ retries: 1 })
    const pool = await poolOn(kernel)
    const calls: number[] = []
    const fn = (n: number): number => {
      calls.push(n)
      if (calls.length === 2) throw new Error('first time')
      return n
    }
    expect(await collect(pool.map(fn, upTo(3), { chunksize: 3 }))).toEqual([0, 1, 2])
    expect(calls).toEqual([0, 1, 0, 1, 2])
  })

  it('collect the items of generators, and stop between calls when cancelled', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const twice = function* (n: number) {
      yield n
      yield n
    }
    expect(await collect(pool.map(twice, [1, 2], { chunksize: 2 }))).toEqual([[1, 1], [2, 2]]) // prettier-ignore
    const { fn, started, open } = gated()
    const results = pool.map(fn, upTo(3), { chunksize: 3 })
    const ended = errorOf(results.next())
    await eventually(() => started.length === 1)
    await pool.dfk.close()
    open(0)
    expect(await ended).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    await nextTurn()
    expect(started).toEqual([0])
  })
})

describe('the timeout of map()', () => {
  it('is one for all results, counted from the call', async () => {
    const clock = fakeClock()
    await using kernel = await testKernel()
    const pool = await startPool({ dfk: kernel }, clock)
    const { fn, started, open } = gated()
    const results = pool.map(fn, upTo(3), { timeout: '10s' })
    await eventually(() => started.length === 3)
    const first = results.next()
    clock.advance(6_000)
    open(0)
    expect((await first).value).toBe(0)
    const end = untilFailure(results)
    await nextTurn()
    clock.advance(5_000)
    const { seen, error } = await end
    expect(seen).toEqual([])
    expect(error).toMatchObject({ code: 'PARSL_APP_TIMEOUT', details: { limit: 'timeout', limitMs: 10_000 } })
    expect((error as Error).message).toContain('map of fn')
    await kernel.waitForCurrentTasks()
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 1, cancelled: 2 })
  })

  it('still gives what is there when it is over', async () => {
    const clock = fakeClock()
    await using kernel = await testKernel()
    const pool = await startPool({ dfk: kernel }, clock)
    const results = pool.map(double, upTo(3), { timeout: '10s' })
    await kernel.waitForCurrentTasks()
    clock.advance(20_000)
    expect(await collect(results)).toEqual([0, 2, 4])
  })

  it('ends the wait for a source too', async () => {
    const clock = fakeClock()
    await using kernel = await testKernel()
    const pool = await startPool({ dfk: kernel }, clock)
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
    const end = untilFailure(pool.map(double, silent, { timeout: '1s' }))
    await nextTurn()
    clock.advance(1_000)
    expect((await end).error).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
  })
})
