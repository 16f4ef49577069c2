import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  type AppFuture,
  type DataFile,
  type DataFlowKernel,
  file,
  inProcessExecutor,
  type JoinError,
  output,
} from '../../src/index.js'
import { errorOf, scratch, testKernel } from '../fixture.js'

const appsOf = (kernel: DataFlowKernel) => ({
  number: kernel.jsApp(async (n: number) => n, { name: 'number' }),
  fail: kernel.jsApp(async (what: string): Promise<number> => Promise.reject(new Error(what)), { name: 'fail' }),
})

describe('a join', () => {
  it('gives the value of the future that its body returns', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    expect(await kernel.joinApp((n: number) => number(n))(7)).toBe(7)
    expect(await kernel.joinApp(async (n: number) => number(n))(8)).toBe(8)
  })

  it('gives what its body returns with each future in it replaced, at any depth', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    const join = kernel.joinApp(async (word: string) => ({
      word,
      list: [number(1), number(2)],
      map: new Map([['key', { deep: [number(3)] }]]),
      set: new Set([number(4)]),
      foreign: Promise.resolve(5),
    }))
    expect(await join('text')).toEqual({
      word: 'text',
      list: [1, 2],
      map: new Map([['key', { deep: [3] }]]),
      set: new Set([4]),
      foreign: 5,
    })
  })

  it('gives plain values and empty lists as they are', async () => {
    await using kernel = await testKernel()
    const empty: AppFuture<number>[] = []
    const date = new Date()
    expect(await kernel.joinApp(() => empty)()).toBe(empty)
    expect(await kernel.joinApp(() => date)()).toBe(date)
    expect(await kernel.joinApp(() => undefined)()).toBeUndefined()
    expect(await kernel.joinApp(() => 0)()).toBe(0)
  })

  it('gives a future more than once where it stands more than once', async () => {
    await using kernel = await testKernel()
    const make = kernel.jsApp(() => ({}))
    const [a, b] = await kernel.joinApp(() => {
      const future = make()
      return [future, future] as const
    })()
    expect(a).toBe(b)
  })

  it('looks into no value of a future', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    const inner = number(1)
    const wrap = kernel.jsApp(() => [() => inner])
    expect(await kernel.joinApp(() => wrap())()).toEqual([expect.any(Function)])
  })

  it('leaves files that it returns alone', async () => {
    await using kernel = await testKernel()
    const here = file('a.txt')
    expect(await kernel.joinApp(() => [here])()).toEqual([here])
  })

  it('gets its own arguments resolved first', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    const twice = kernel.joinApp((count: number) => Array.from({ length: count }, (_, n) => number(n)))
    expect(await twice(number(3))).toEqual([0, 1, 2])
  })

  it('gives the file where its body returns the future of one', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    const write = kernel.jsApp((target: DataFile) => writeFile(target.path, ''))
    const join = kernel.joinApp(() => write(output(`${folder.path}/out`)).outputs[0])
    expect((await join()).path).toBe(`${folder.path}/out`)
  })

  it('may be joined, and may recurse', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    const add = kernel.jsApp((a: number, b: number) => a + b)
    const fibonacci: (n: number) => AppFuture<number> = kernel.joinApp((n: number): AppFuture<number> | number =>
      n < 2 ? number(n) : add(fibonacci(n - 1), fibonacci(n - 2)),
    ) as never
    expect(await fibonacci(12)).toBe(144)
  })

  it('recurses two thousand levels deep', async () => {
    await using kernel = await testKernel()
    const down: (n: number) => AppFuture<string> = kernel.joinApp((n: number): AppFuture<string> | string =>
      n === 0 ? 'bottom' : down(n - 1),
    ) as never
    expect(await down(2_000)).toBe('bottom')
  })

  it('holds no place on an executor while it waits', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const { number } = appsOf(kernel)
    const outer = kernel.joinApp((n: number) => kernel.joinApp(() => [number(n), number(n + 1)])())
    expect(await Promise.all([outer(1), outer(3)])).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('is tried again when its body fails, as the apps that it calls are on their own', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    let tries = 0
    const join = kernel.joinApp(
      () => {
        if (++tries < 3) throw new Error('not yet')
        return number(tries)
      },
      { retries: 2 },
    )
    expect(await join()).toBe(3)
  })

  it('leaves what its body returned unchanged', async () => {
    await using kernel = await testKernel()
    const { number } = appsOf(kernel)
    const returned = [number(1)]
    const [future] = returned
    expect(await kernel.joinApp(() => returned)()).toEqual([1])
    expect(returned[0]).toBe(future)
  })
})

describe('a join that fails', () => {
  it('names every failed future, after all have ended', async () => {
    await using kernel = await testKernel()
    const { number, fail } = appsOf(kernel)
    const gate = Promise.withResolvers<number>()
    const slow = kernel.jsApp(() => gate.promise)
    const join = kernel.joinApp(() => [fail('first'), slow(), number(1), fail('second')], { name: 'join' })
    const future = join()
    const ends: string[] = []
    const slowEnd = gate.promise.then(() => ends.push('slow'))
    const joinEnd = future.settled().then(() => ends.push('join'))
    while (kernel.taskStateCounts.failed < 2) await new Promise(setImmediate)
    expect(future.state).toBe('joining')
    gate.resolve(1)
    const error = (await errorOf(future)) as JoinError
    await Promise.all([slowEnd, joinEnd])
    expect(ends).toEqual(['slow', 'join'])
    expect(error).toMatchObject({
      name: 'JoinError',
      code: 'PARSL_DATAFLOW_JOIN',
      details: {
        taskId: 0,
        failures: [
          { what: 'task 1 (fail)', error: { message: 'first' } },
          { what: 'task 4 (fail)', error: { message: 'second' } },
        ],
      },
      cause: { message: 'first' },
    })
    expect(error.message).toBe('join failure for task 0: task 1 (fail) (+ others): Error: first')
  })

  it('is not tried again for its futures, whatever its retries', async () => {
    await using kernel = await testKernel()
    const { fail } = appsOf(kernel)
    let bodies = 0
    const join = kernel.joinApp(() => (bodies++, fail('once')), { retries: 5 })
    expect(await errorOf(join())).toMatchObject({ code: 'PARSL_DATAFLOW_JOIN' })
    expect(bodies).toBe(1)
  })

  it('tells the root through nested joins', async () => {
    await using kernel = await testKernel()
    const { fail } = appsOf(kernel)
    const inner = kernel.joinApp(() => fail('root'), { name: 'inner' })
    const outer = kernel.joinApp(() => [inner()], { name: 'outer' })
    const error = await errorOf(outer())
    expect(error.cause).toMatchObject({ message: 'root' })
    expect(error.message).toContain('task 1 (inner) <- task 2 (fail): Error: root')
  })

  it('passes the error of its own body on as it is', async () => {
    await using kernel = await testKernel()
    const thrown = new RangeError('in the body')
    const join = kernel.joinApp(() => {
      throw thrown
    })
    expect(await errorOf(join())).toBe(thrown)
    const joinLater = kernel.joinApp(async () => Promise.reject(thrown))
    expect(await errorOf(joinLater())).toBe(thrown)
  })

  it('counts promises that reject among its failures', async () => {
    await using kernel = await testKernel()
    const join = kernel.joinApp(() => [Promise.reject(new Error('elsewhere')), Promise.resolve(1)])
    expect(await errorOf(join())).toMatchObject({
      code: 'PARSL_DATAFLOW_JOIN',
      details: { failures: [{ what: 'a promise' }] },
    })
  })

  it('fails with the error of a body that awaited its future itself', async () => {
    await using kernel = await testKernel()
    const { fail } = appsOf(kernel)
    expect(await errorOf(kernel.joinApp(async () => await fail('plain'))())).toMatchObject({
      name: 'Error',
      message: 'plain',
    })
  })
})
