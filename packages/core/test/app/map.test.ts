import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type AppFuture, asCompleted, type DataFlowKernel } from '../../src/index.js'
import { errorOf, eventually, testKernel } from '../fixture.js'

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** An app whose calls end when the test says so, and the arguments of those that have started. */
const gated = (kernel: DataFlowKernel) => {
  const gates: PromiseWithResolvers<void>[] = []
  const started: number[] = []
  const gate = (n: number): PromiseWithResolvers<void> => (gates[n] ??= Promise.withResolvers())
  const app = kernel.jsApp(async (n: number) => {
    started.push(n)
    await gate(n).promise
    return n * 10
  })
  return { app, started, open: (n: number) => gate(n).resolve() }
}

describe('map()', () => {
  it('gives results in the order of the items, whichever end first', async () => {
    await using kernel = await testKernel()
    const { app, started, open } = gated(kernel)
    const results = collect(app.map([0, 1, 2]))
    await eventually(() => started.length === 3)
    for (const n of [2, 0, 1]) open(n)
    expect(await results).toEqual([0, 10, 20])
  })

  it('takes items from anything that can be iterated', async () => {
    await using kernel = await testKernel()
    const double = kernel.jsApp((n: number) => n * 2)
    const items = async function* () {
      for (let n = 0; n < 3; n++) {
        await nextTurn()
        yield n
      }
    }
    expect(await collect(double.map(items()))).toEqual([0, 2, 4])
    expect(await collect(double.map(new Set([1, 2])))).toEqual([2, 4])
    expect(await collect(double.map([]))).toEqual([])
  })

  it('has no more under way, or done and not taken, than it is told', async () => {
    await using kernel = await testKernel()
    const { app, started, open } = gated(kernel)
    const results = app.map(Array(6).keys(), { inFlight: 2 })
    const first = results.next()
    await eventually(() => started.length === 2)
    open(0)
    open(1)
    expect(await first).toEqual({ done: false, value: 0 })
    await eventually(() => started.length === 3)
    await nextTurn()
    expect(started).toEqual([0, 1, 2])
    for (let n = 2; n < 6; n++) open(n)
    expect(await collect(results)).toEqual([10, 20, 30, 40, 50])
  })

  it('takes futures as items, and waits for none of them itself', async () => {
    await using kernel = await testKernel()
    const { app, started, open } = gated(kernel)
    const late = Promise.withResolvers<number>()
    const items = [late.promise, kernel.jsApp(() => 1)(), 2]
    const results = collect(app.map(items))
    await eventually(() => started.length === 2)
    expect(new Set(started)).toEqual(new Set([1, 2]))
    late.resolve(0)
    for (let n = 0; n < 3; n++) open(n)
    expect(await results).toEqual([0, 10, 20])
  })

  it('throws the failure of a call at its place, and stops the rest', async () => {
    await using kernel = await testKernel()
    const wait = kernel.jsApp(async (n: number) => {
      if (n === 2) throw new Error('two')
      return n < 2 ? n : new Promise<number>(() => {})
    })
    const seen: number[] = []
    const loop = async (): Promise<void> => {
      for await (const n of wait.map([0, 1, 2, 3, 4])) seen.push(n)
    }
    expect((await errorOf(loop())).message).toBe('two')
    expect(seen).toEqual([0, 1])
    await kernel.waitForCurrentTasks()
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 2, failed: 1, cancelled: 2 })
  })

  it('stops calls, and closes its source, when the loop is left', async () => {
    await using kernel = await testKernel()
    const { app, open } = gated(kernel)
    open(0)
    const pulled: number[] = []
    let closed = false
    const items = function* () {
      try {
        for (let n = 0; ; n++) {
          pulled.push(n)
          yield n
        }
      } finally {
        closed = true
      }
    }
    for await (const result of app.map(items(), { inFlight: 3 })) {
      expect(result).toBe(0)
      break
    }
    await eventually(() => closed)
    await kernel.waitForCurrentTasks()
    expect(pulled.length).toBeLessThanOrEqual(4)
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 1, running: 0 })
    expect((await kernel.close()).unawaited).toEqual([])
  })

  it('throws what its source throws, after the results before', async () => {
    await using kernel = await testKernel()
    const double = kernel.jsApp((n: number) => n * 2)
    const items = function* () {
      yield 1
      throw new Error('source')
    }
    const results = double.map(items())
    expect(await results.next()).toEqual({ done: false, value: 2 })
    expect((await errorOf(results.next())).message).toBe('source')
  })

  it.each([[{ inFlight: 0 }], [{ inFlight: 'x' }], [{ inflight: 5 }]])('refuses bad options: %j', async (options) => {
    await using kernel = await testKernel()
    const results = kernel.jsApp((n: number) => n).map([1], options as object)
    expect(await errorOf(results.next())).toMatchObject({ code: 'PARSL_CONFIG' })
  })

  it('serves many items in little room', async () => {
    await using kernel = await testKernel()
    const double = kernel.jsApp((n: number) => n * 2)
    let sum = 0
    for await (const n of double.map(Array(20_000).keys(), { inFlight: 100 })) {
      sum += n
      expect(kernel.tasks.length).toBeLessThanOrEqual(100)
    }
    expect(sum).toBe(399_980_000)
  })
})

describe('asCompleted()', () => {
  it('gives futures as they end, with how they ended', async () => {
    await using kernel = await testKernel()
    const { app, started, open } = gated(kernel)
    const fail = kernel.jsApp(async (n: number): Promise<number> => {
      await app(n)
      throw new Error('failed')
    })
    const futures: AppFuture<number, []>[] = [app(0), fail(1), app(2)]
    await eventually(() => started.length === 3)
    const ended = asCompleted(futures)
    open(2)
    expect(await ended.next()).toMatchObject({ value: { future: futures[2], ok: true, value: 20 } })
    open(1)
    expect(await ended.next()).toMatchObject({ value: { future: futures[1], ok: false, error: { message: 'failed' } } })
    open(0)
    expect(await ended.next()).toMatchObject({ value: { future: futures[0], ok: true, value: 0 } })
    expect(await ended.next()).toEqual({ done: true, value: undefined })
    expect((await kernel.close()).unawaited).toEqual([])
  })

  it('starts with those that have ended', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp((n: number) => n)
    const futures = [number(1), number(2)]
    await Promise.all(futures)
    expect((await collect(asCompleted(futures))).map((end) => (end.ok ? end.value : undefined))).toEqual([1, 2])
    expect(await collect(asCompleted([]))).toEqual([])
  })
})
