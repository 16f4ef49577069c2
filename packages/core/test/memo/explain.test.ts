import { describe, expect, it } from 'vitest'
import { type DataFlowKernel, explain } from '../../src/index.js'
import { errorOf } from '../fixture.js'
import { runsFolder } from './fixture.js'

const aligning = (kernel: DataFlowKernel) =>
  kernel.jsApp(
    (reads: string, options: { readonly threads: number; readonly mode: string }) => `${reads}${options.threads}`,
    {
      cache: true,
      name: 'align',
    },
  )

describe('explain()', () => {
  it('says that nothing like it is remembered', async () => {
    await using runs = await runsFolder()
    const future = aligning(await runs.run())('a', { threads: 4, mode: 'fast' })
    await future
    expect(await explain(future)).toEqual({
      outcome: 'miss',
      why: 'no earlier call of align is remembered',
      key: expect.stringMatching(/^[\w-]{43}$/),
      nearest: undefined,
      differences: [],
    })
  })

  it('names what differs from the call most like it, with the values where they are short', async () => {
    await using runs = await runsFolder()
    const app = aligning(await runs.run())
    await app('far', { threads: 1, mode: 'slow' })
    await app('near', { threads: 4, mode: 'fast' })
    const future = app('near', { threads: 8, mode: 'fast' })
    await future
    const { outcome, why, nearest, differences } = await explain(future)
    expect(outcome).toBe('miss')
    expect(nearest?.taskId).toBe(1)
    expect(differences).toEqual([{ part: 'argument 2 › threads', before: '4', now: '8' }])
    expect(why).toBe(
      'the call of align most like it, task 1 of this run, differs in argument 2 › threads (then 4, now 8)',
    )
  })

  it('names what of the function differs, from a run before too', async () => {
    await using runs = await runsFolder()
    const withThreshold = (kernel: DataFlowKernel, threshold: number, isStrict: boolean) => {
      const strict = { passes: (n: number) => n > threshold }
      const lax = { passes: (n: number) => n >= threshold }
      const { passes } = isStrict ? strict : lax
      return kernel.jsApp((n: number) => passes(n), { cache: true, name: 'filter' })
    }
    const first = await runs.run({ checkpointMode: 'taskExit' })
    await withThreshold(first, 3, true)(5)
    await first.close()
    const second = await runs.run({ checkpointMode: 'taskExit' })
    const other = withThreshold(second, 4, true)(5)
    await other
    expect((await explain(other)).differences).toEqual([
      { part: 'closure of passes › threshold', before: '3', now: '4' },
    ])
    const edited = withThreshold(second, 4, false)(5)
    await edited
    expect((await explain(edited)).differences).toEqual([
      { part: 'function passes', before: undefined, now: undefined },
    ])
  })

  it('says whose result was taken, or shared', async () => {
    await using runs = await runsFolder()
    const app = aligning(await runs.run())
    const [first, second] = [app('a', { threads: 4, mode: 'fast' }), app('a', { threads: 4, mode: 'fast' })]
    await Promise.all([first, second])
    const third = app('a', { threads: 4, mode: 'fast' })
    await third
    expect((await explain(second)).outcome).toBe('shared')
    expect(await explain(third)).toMatchObject({ outcome: 'hit', why: 'it took the result of task 0 of this run' })
  })

  it('says that nothing was looked up, and why', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const plain = kernel.jsApp(() => 1)()
    await plain
    expect((await explain(plain)).why).toContain('its app has no cache')
    const never = Promise.withResolvers<never>()
    const waiting = kernel.jsApp((n: number) => n, { cache: true })(never.promise)
    expect((await explain(waiting)).why).toContain('waits for its inputs')
    never.reject(new Error('never'))
    await errorOf(waiting)
    const off = aligning(await runs.run({ memoize: false }))('a', { threads: 1, mode: '' })
    await off
    expect(await explain(off)).toMatchObject({
      outcome: 'off',
      why: 'align was not looked up: the memoizer has memoize: false',
    })
  })

  it('takes futures of calls only', async () => {
    expect((await errorOf(explain(Promise.resolve() as never))).message).toBe(
      'explain() takes the future of a call of an app',
    )
  })
})
