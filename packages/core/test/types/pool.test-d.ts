import { expectTypeOf, it } from 'vitest'
import type { AppFuture, DataFlowKernel, DataFuture } from '../../src/index.js'
import { output } from '../../src/index.js'
import { parslPoolExecutor, type ParslPoolExecutor } from '../../src/concurrent/index.js'

declare const pool: ParslPoolExecutor
declare const kernel: DataFlowKernel
declare const later: AppFuture<number>
const add = (a: number, b: number): number => a + b
const pad = async (text: string, width = 10): Promise<string> => text.padEnd(width)

it('submit() takes what a call takes, or futures of it, and gives a future of what it returns', () => {
  expectTypeOf(pool.submit(add, 1, later)).toEqualTypeOf<AppFuture<number, []>>()
  expectTypeOf(pool.submit(pad, 'a')).toEqualTypeOf<AppFuture<string, []>>()
  expectTypeOf(pool.submit(pad, 'a', later)).toEqualTypeOf<AppFuture<string, []>>()
  expectTypeOf(pool.submit(() => [1, 2])).toEqualTypeOf<AppFuture<number[], []>>()
  expectTypeOf(pool.submit((list: readonly number[]) => list.length, [later, 1])).toEqualTypeOf<AppFuture<number, []>>()
  expectTypeOf(pool.submit((path: unknown) => path, output('a')).outputs).toEqualTypeOf<[DataFuture]>()
  // @ts-expect-error -- a number is missing
  pool.submit(add, 1)
  // @ts-expect-error -- text for a number
  pool.submit(add, 1, 'b')
})

it('map() takes sources of what a call takes', () => {
  expectTypeOf(pool.map((n: number) => String(n), [1, later])).toEqualTypeOf<AsyncGenerator<string, void, undefined>>()
  expectTypeOf(pool.map(pad, ['a'], { chunksize: 2 })).toEqualTypeOf<AsyncGenerator<string, void, undefined>>()
  expectTypeOf(pool.map(pad, 'ab', [1, 2], { timeout: '1s' })).toEqualTypeOf<AsyncGenerator<string, void, undefined>>()
  expectTypeOf(pool.map(add, new Set([1]), [later])).toEqualTypeOf<AsyncGenerator<number, void, undefined>>()
  expectTypeOf(pool.map((a: number, b: number, c: string) => a + b + c, [1], [2], ['c'])).toEqualTypeOf<
    AsyncGenerator<string, void, undefined>
  >()
  expectTypeOf(pool.map((n) => n * 2, [1, 2])).toEqualTypeOf<AsyncGenerator<number, void, undefined>>()
  // @ts-expect-error -- text for numbers
  pool.map((n: number) => n, ['a'])
  // @ts-expect-error -- only one source for two numbers
  pool.map(add, [1])
  // @ts-expect-error -- there is no such option
  pool.map(add, [1], [2], { chunkSize: 2 })
})

it('a pool is made with or without a block', () => {
  expectTypeOf(parslPoolExecutor({ config: {} })).toEqualTypeOf<Promise<ParslPoolExecutor>>()
  expectTypeOf(parslPoolExecutor({ dfk: kernel, executors: ['gpu'] }, (one) => one.submit(add, 1, 2))).toEqualTypeOf<
    Promise<number>
  >()
  expectTypeOf(pool.getApp(add)(1, later)).toEqualTypeOf<AppFuture<number, []>>()
})
