import type { AppFuture, DataFlowKernel } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { eventually } from '../eventually.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { untilAborted } from '../bodies.js'

const numbersOn = (parsl: DataFlowKernel) => parsl.jsApp((n: number) => n * 10, { name: 'tenfold' })
const failOn = (parsl: DataFlowKernel) =>
  parsl.jsApp(
    async (word: string): Promise<number> => {
      throw new RangeError(word)
    },
    { name: 'fail' },
  )

const cases: Cases<Bench> = {
  'give the value of one future, and of a list of them': async ({ parsl }) => {
    const tenfold = numbersOn(parsl)
    expect(await parsl.joinApp((n: number) => tenfold(n))(1)).toBe(10)
    expect(await parsl.joinApp((n: number) => [tenfold(n), tenfold(n + 1)])(1)).toEqual([10, 20])
  },
  'give empty lists and plain values as they are': async ({ parsl }) => {
    expect(await parsl.joinApp(() => [])()).toEqual([])
    expect(await parsl.joinApp(() => 'plain')()).toBe('plain')
  },
  'replace futures in any container': async ({ parsl }) => {
    const tenfold = numbersOn(parsl)
    const join = parsl.joinApp(async () => ({ list: [tenfold(1), [tenfold(2)]], map: new Map([['key', tenfold(3)]]) }))
    expect(await join()).toEqual({ list: [10, [20]], map: new Map([['key', 30]]) })
  },
  'nest, and are dependencies': async ({ parsl }) => {
    const tenfold = numbersOn(parsl)
    const inner = parsl.joinApp((n: number) => [tenfold(n), tenfold(n + 1)])
    const outer = parsl.joinApp((n: number) => [inner(n), inner(n + 2)])
    const sum = parsl.jsApp((lists: number[][]) => lists.flat().reduce((a, b) => a + b))
    expect(await sum(outer(1))).toBe(100)
  },
  'recurse: fibonacci numbers': async ({ parsl }) => {
    const add = parsl.jsApp((a: number, b: number) => a + b)
    const fibonacci: (n: number) => AppFuture<number> | number = parsl.joinApp((n: number) =>
      n < 2 ? n : add(fibonacci(n - 1), fibonacci(n - 2)),
    )
    expect(await fibonacci(8)).toBe(21)
  },
  'name every failure, after all inner tasks have ended': async ({ parsl }) => {
    const [tenfold, fail] = [numbersOn(parsl), failOn(parsl)]
    const inner: AppFuture<number>[] = []
    const join = parsl.joinApp(() => {
      inner.push(fail('first'), tenfold(1), fail('second'))
      return inner
    })
    const error = await errorOf(join())
    const { failures } = error.details as { readonly failures: readonly { readonly error: Error }[] }
    expect(error).toMatchObject({ code: 'PARSL_DATAFLOW_JOIN', cause: { name: 'RangeError' } })
    expect(error.cause).toBe(failures[0]?.error)
    // On two workers either may be the first to end.
    expect(failures.map((failure) => failure.error.message).toSorted()).toEqual(['first', 'second'])
    expect(inner.map(({ state }) => state)).toEqual(['failed', 'execDone', 'failed'])
  },
  'tell the root through nested joins': async ({ parsl }) => {
    const fail = failOn(parsl)
    const join = parsl.joinApp(() => [parsl.joinApp(() => [fail('root')])()])
    expect(await errorOf(join())).toMatchObject({ code: 'PARSL_DATAFLOW_JOIN', cause: { message: 'root' } })
  },
  'fail with what their own body throws': async ({ parsl }) => {
    const join = parsl.joinApp((): number => {
      throw new TypeError('of the join')
    })
    expect(await errorOf(join())).toMatchObject({ name: 'TypeError', message: 'of the join' })
  },
  'stop what they wait for when they are cancelled': async ({ parsl, folder }) => {
    const wait = parsl.jsApp(untilAborted)
    const inner: AppFuture<unknown>[] = []
    const join = parsl.joinApp(() => {
      inner.push(wait(folder.at('inner')))
      return inner
    })
    const future = join()
    await eventually(() => inner[0]?.state === 'running', { guardMs: 60_000 })
    future.cancel('enough')
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect(await errorOf(inner[0] as AppFuture<unknown>)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
  },
}

/** Apps that call apps. */
export const joins: Group<Bench> = { name: 'joins', cases }
