import { threadId } from 'node:worker_threads'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import { describe, expect, it } from 'vitest'
import { type Config, evidenceOf, jsApp, share } from '../../src/index.js'
import { ownPool, poolOn, collect, untilFailure } from './pools.js'
import { errorOf, testKernel } from '../fixture.js'

class Refusal extends Error {
  readonly at: number
  constructor(at: number) {
    super(`refused at ${at}`)
    this.at = at
  }
}

const square = (x: number): number => x * x
const upTo = (n: number): Iterable<number> => Array(n).keys()

describe.each<[string, () => NonNullable<Config['executors']>[number]]>([
  ['threads', () => threadPoolExecutor({ maxThreads: 2 })],
  ['processes', () => processPoolExecutor({ maxProcesses: 2 })],
])('a pool on %s', (_, executor) => {
  const config = () => ({ executors: [executor()], killGrace: '1s' })

  it('takes a new function each time round a loop, each with its own variables', async () => {
    await using pool = await ownPool(config())
    const offset = 100
    let assigned = 0
    const futures = []
    for (let i = 0; i < 300; i++) {
      assigned += i
      futures.push(pool.submit(() => [square(i) + offset, assigned]))
    }
    const expected = [...upTo(300)].map((i) => [i * i + 100, (i * (i + 1)) / 2])
    expect(await Promise.all(futures)).toEqual(expected)
    expect(pool.appCount).toBe(300)
  })

  it('chains with apps both ways', async () => {
    await using pool = await ownPool(config())
    const parity = jsApp((x: number) => (x % 2 === 0 ? 'even' : 'odd'))
    expect(await pool.submit((text: string) => `${text}!`, parity(pool.submit(square, 4)))).toBe('even!')
  })

  it('sends a chunk as one task, and gives what was done before a call failed', async () => {
    await using pool = await ownPool(config())
    const offset = pool.submit(() => 3)
    expect(
      await collect(pool.map((a: number, b: number) => a * b, upTo(7), Array(7).fill(offset), { chunksize: 3 })),
    ).toEqual([...upTo(7)].map((n) => n * 3))
    expect(pool.dfk.taskCount).toBe(4)
    const fn = (n: number): number => {
      if (n === 5) throw new Refusal(n)
      return n
    }
    const { seen, error } = await untilFailure(pool.map(fn, upTo(12), { chunksize: 4 }))
    expect(seen).toEqual([0, 1, 2, 3, 4])
    expect(error).toBeInstanceOf(Refusal)
    expect(error).toMatchObject({ at: 5, stack: expect.stringContaining('pool.process.test.ts') as string })
    expect(evidenceOf(error)).toMatchObject({ app: 'fn' })
  })

  it('calls a function of the engine, and a bound one, in chunks', async () => {
    await using pool = await ownPool(config())
    expect(await collect(pool.map(Math.sqrt, [1, 4, 9], { chunksize: 2 }))).toEqual([1, 2, 3])
    expect(await collect(pool.map(Math.pow.bind(Math, 2), [1, 2, 3], { chunksize: 2 }))).toEqual([2, 4, 8])
  })

  it('says of each chunk why its function cannot travel', async () => {
    await using pool = await ownPool(config())
    const app = jsApp(square)
    const { seen, error } = await untilFailure(pool.map((n: number) => app(n), upTo(4) as never, { chunksize: 2 }))
    expect(seen).toEqual([])
    expect(error).toMatchObject({ code: 'PARSL_SERIALIZE', message: expect.stringContaining('joinApp') as string })
    expect(await errorOf(pool.submit(() => pool.appCount))).toMatchObject({
      code: 'PARSL_SERIALIZE',
      message: expect.stringContaining('it is a pool') as string,
    })
  })

  it('takes shared values', async () => {
    await using pool = await ownPool(config())
    const table = share(new Map([[1, 'one']]))
    const look = (known: ReadonlyMap<number, string>, n: number): string | undefined => known.get(n)
    expect(await collect(pool.map(look, [table, table], [1, 2]))).toEqual(['one', undefined])
  })
})

it('pools of one kernel run on the executors that they were told', async () => {
  const executors = [
    threadPoolExecutor({ label: 'gpu', maxThreads: 1 }),
    processPoolExecutor({ label: 'cpu', maxProcesses: 1 }),
  ]
  await using kernel = await testKernel({ executors, killGrace: '1s' })
  const gpu = await poolOn(kernel, ['gpu'])
  const cpu = await poolOn(kernel, ['cpu'])
  const where = (): boolean[] => [process.pid > 0, threadId > 0]
  expect(await gpu.submit(where)).toEqual([true, true])
  expect(await cpu.submit(where)).toEqual([true, false])
})
