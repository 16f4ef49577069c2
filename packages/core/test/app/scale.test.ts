import { expect, it } from 'vitest'
import { type AppFuture, type DependencyError } from '../../src/index.js'
import { errorOf, testKernel } from '../fixture.js'

const increment = (n: number): number => n + 1

it('waits for ten thousand futures in one argument', async () => {
  await using kernel = await testKernel()
  const number = kernel.jsApp(async (n: number) => n)
  const sum = kernel.jsApp((numbers: number[]) => numbers.reduce((total, n) => total + n, 0))
  expect(await sum(Array.from({ length: 10_000 }, (_, n) => number(n)))).toBe(49_995_000)
})

it('waits for ten thousand arguments', async () => {
  await using kernel = await testKernel()
  const number = kernel.jsApp(async (n: number) => n)
  const count = kernel.jsApp((...numbers: number[]) => numbers.length)
  expect(await count(...Array.from({ length: 10_000 }, (_, n) => number(n)))).toBe(10_000)
})

it('ends a chain of a hundred thousand tasks, each on the one before', { timeout: 60_000 }, async () => {
  await using kernel = await testKernel()
  const next = kernel.jsApp(increment)
  const start = Promise.withResolvers<number>()
  let end = kernel.jsApp(() => start.promise)()
  for (let link = 0; link < 100_000; link++) end = next(end)
  start.resolve(0)
  expect(await end).toBe(100_000)
})

it(
  'fails all ten thousand tasks of a chain when the first fails, and names the root at the far end',
  { timeout: 60_000 },
  async () => {
    await using kernel = await testKernel()
    const next = kernel.jsApp(increment, { name: 'next' })
    const start = Promise.withResolvers<number>()
    const first = kernel.jsApp(() => start.promise, { name: 'first' })()
    const chain: AppFuture<number>[] = [first]
    for (let link = 0; link < 10_000; link++) chain.push(next(chain.at(-1) as AppFuture<number>))
    const root = new Error('root')
    start.promise.catch(() => {})
    start.reject(root)
    const error = (await errorOf(chain.at(-1) as AppFuture<number>)) as DependencyError
    expect(error.code).toBe('PARSL_DATAFLOW_DEPENDENCY')
    expect(error.cause).toBe(root)
    expect(error.message).toContain('task 9999 (next)')
    expect(error.message).toContain('task 0 (first): Error: root')
    expect(error.message.length).toBeLessThan(2_000)
    expect(kernel.taskStateCounts).toMatchObject({ failed: 1, depFail: 10_000 })
  },
)

it('serves ten thousand tasks that one failure fails at once', async () => {
  await using kernel = await testKernel()
  const start = Promise.withResolvers<number>()
  const first = kernel.jsApp(() => start.promise)()
  const next = kernel.jsApp(increment)
  const many = Array.from({ length: 10_000 }, () => next(first).settled())
  start.promise.catch(() => {})
  start.reject(new Error('root'))
  expect((await Promise.all(many)).every(({ ok }) => !ok)).toBe(true)
})

it('keeps nothing of tasks that have ended', async () => {
  await using kernel = await testKernel()
  const next = kernel.jsApp(increment)
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => next(n)))
  expect(kernel.tasks).toEqual([])
  expect(kernel.taskCount).toBe(1_000)
})
