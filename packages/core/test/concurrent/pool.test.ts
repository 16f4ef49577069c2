import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { clear, dataFlowKernel, dfk, inProcessExecutor, jsApp, joinApp } from '../../src/index.js'
import { type PoolOptions, parslPoolExecutor } from '../../src/concurrent/index.js'
import { loadedKernel } from '../../src/kernel/loaded.js'
import { errorOf, eventually, loadTestKernel, testKernel, thrownBy } from '../fixture.js'
import { gated, ownPool, poolOn } from './pools.js'

const increment = (x: number): number => x + 1

describe('a pool', () => {
  it('runs a function, and gives a future of what it returns', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    expect(await pool.submit(increment, 1)).toBe(2)
    expect(await pool.submit(async (a: string, b: string) => a + b, 'a', 'b')).toBe('ab')
    expect(await pool.submit(function* () {
      yield* [1, 2]
    })).toEqual([1, 2]) // prettier-ignore
  })

  it('waits for futures among the arguments, at any depth', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const one = pool.submit(increment, 0)
    const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
    expect(await pool.submit(sum, [one, pool.submit(increment, one), 3])).toBe(6)
  })

  it('gives futures to apps, and takes theirs', async () => {
    await using pool = await ownPool()
    const parity = jsApp((x: number) => (x % 2 === 1 ? 'odd' : 'even'))
    const future = parity(pool.submit(increment, 1))
    expect(await future).toBe('even')
    expect(await pool.submit((text: string) => `${text}!`, future)).toBe('even!')
    expect(await joinApp(() => pool.submit(increment, 2))()).toBe(3)
  })

  it('gives futures to another pool on another kernel', async () => {
    await using one = await ownPool()
    await using other = await ownPool()
    expect(await other.submit(increment, one.submit(increment, 1))).toBe(3)
  })

  it('rejects with the error of the function, and with that of an argument', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const fail = (): number => {
      throw new RangeError('out')
    }
    const failed = pool.submit(fail)
    expect(await errorOf(pool.submit(increment, failed))).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY' })
    expect(await errorOf(failed)).toBeInstanceOf(RangeError)
  })

  it('reports a failure that nobody looked at when the kernel closes, and no other', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const fail = (text: string): never => {
      throw new Error(text)
    }
    pool.submit(fail, 'alone')
    await errorOf(pool.submit(fail, 'seen'))
    await pool.shutdown()
    expect((await kernel.close()).unawaited).toMatchObject([{ error: { message: 'alone' } }])
  })

  it('makes one app of each function, and remembers no result', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    let calls = 0
    const count = (): number => ++calls
    expect(await Promise.all([pool.submit(count), pool.submit(count)])).toEqual([1, 2])
    expect(pool.appCount).toBe(1)
    await pool.submit(increment, 1)
    expect(pool.appCount).toBe(2)
    expect(pool.getApp(count)).toBe(pool.getApp(count))
    expect(pool.getApp(count).func).toBe(count)
    expect(await pool.getApp(increment).with({ retries: 1 })(1)).toBe(2)
    expect(pool.appCount).toBe(2)
  })

  it('names what has no name after the line that submitted it', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const never = new Promise<number>(() => {})
    const names = [pool.submit(() => never), pool.getApp(() => 1)].map(String)
    expect(names[0]).toMatch(/^\[object AppFuture\]$/)
    expect(kernel.tasks[0]?.app).toMatch(/^pool\.test\.ts:\d+$/)
    expect(pool.getApp(() => 1).name).toMatch(/^pool\.test\.ts:\d+$/)
  })

  it.each([5, undefined, null, 'f', {}])('refuses to submit %s, which is no function', async (value) => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    expect(thrownBy(() => pool.submit(value as never))).toMatchObject({ code: 'PARSL_CONFIG' })
  })
})

describe('executors of a pool', () => {
  const where = (): string => 'unused'

  it('are those it was told, so that several pools share a kernel', async () => {
    const executors = ['cpu', 'gpu'].map((label) => inProcessExecutor({ label }))
    await using kernel = await testKernel({ executors, garbageCollect: false })
    const cpu = await poolOn(kernel, ['cpu'])
    const gpu = await poolOn(kernel, ['gpu'])
    await Promise.all([...Array(5).keys()].flatMap(() => [cpu.submit(where), gpu.submit(where)]))
    expect(kernel.tasks.map(({ executor }) => executor)).toEqual(Array(5).fill(['cpu', 'gpu']).flat())
    expect(kernel.taskStateCounts.execDone).toBe(10)
  })

  it('must be there', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ label: 'gpu' })] })
    expect(await errorOf(poolOn(kernel, ['gpus']))).toMatchObject({
      code: 'PARSL_EXECUTOR_UNKNOWN',
      message: expect.stringContaining('gpu') as string,
    })
  })

  it('must be there in a kernel of its own, which is closed again', async () => {
    await using kernel = await testKernel()
    const { runDir } = kernel.config
    const options = { config: { executors: [inProcessExecutor()], runDir, log: false }, executors: ['gpu'] } as const
    expect(await errorOf(parslPoolExecutor(options))).toMatchObject({ code: 'PARSL_EXECUTOR_UNKNOWN' })
    expect(loadedKernel()).toBeUndefined()
  })
})

describe('the kernel of a pool', () => {
  it('is loaded where none is, until the pool is shut down', async () => {
    await using pool = await ownPool()
    expect(dfk()).toBe(pool.dfk)
    expect(await jsApp(increment)(1)).toBe(2)
    await pool.shutdown()
    expect(thrownBy(() => dfk())).toMatchObject({ code: 'PARSL_NO_KERNEL' })
  })

  it('stands beside one that is loaded, which stays it', async () => {
    await using kernel = await loadTestKernel()
    await using pool = await ownPool()
    expect(dfk()).toBe(kernel)
    await pool.submit(increment, 1)
    expect([kernel.taskCount, pool.dfk.taskCount]).toEqual([0, 1])
    await pool.shutdown()
    expect(dfk()).toBe(kernel)
  })

  it('is not loaded where it is not its own', async () => {
    await using kernel = await testKernel()
    await poolOn(kernel)
    expect(loadedKernel()).toBeUndefined()
  })

  it('says so where it was closed under the pool', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const never = pool.submit(() => new Promise(() => {}))
    await kernel.close()
    expect(await errorOf(never)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    const error = thrownBy(() => pool.submit(increment, 1))
    expect(error).toMatchObject({ code: 'PARSL_NO_KERNEL', message: expect.stringContaining('closed') as string })
    await pool.shutdown()
  })

  const both = { config: {}, dfk: { submit: () => {} } as never }
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /must be an object/],
    ['neither', {}, /needs a kernel/],
    ['both', both, /one of them, not both/],
    ['the function dfk', { dfk }, /call it/],
    ['a promise of a kernel', { dfk: Promise.resolve() }, /awaited/],
    ['a misspelt option', { conifg: {} }, /did you mean/i],
    ['executors themselves', { config: {}, executors: [inProcessExecutor()] }, /belong into config/],
    ['no executor', { config: {}, executors: [] }, /at least one label/],
    ['a bad configuration', { config: { retries: 'x' } }, /config\.retries/],
  ])('is refused: %s', async (_, options, message) => {
    const error = await errorOf(parslPoolExecutor(options as PoolOptions))
    expect(error).toMatchObject({ code: 'PARSL_CONFIG', message: expect.stringMatching(message) as string })
  })
})

describe('shutdown()', () => {
  it('waits for what was submitted, and takes nothing more', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const { fn, open } = gated()
    const future = pool.submit(fn, 0)
    const shut = pool.shutdown()
    const late = [
      () => pool.submit(fn, 1),
      () => pool.submit(increment, 1),
      () => pool.getApp(fn)(1),
      () => pool.map(fn, [1]),
    ]
    for (const call of late) {
      const expected = expect.stringContaining('shut down') as string
      expect(thrownBy(call)).toMatchObject({ code: 'PARSL_EXECUTOR', message: expected })
    }
    open(0)
    await shut
    expect(future.state).toBe('execDone')
  })

  it('of a pool on a kernel that is not its own leaves the kernel, and what others submitted', async () => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    const { fn, open } = gated()
    const others = kernel.jsApp(fn)(0)
    await pool.submit(increment, 1)
    await pool.shutdown()
    expect(others.state).toBe('running')
    open(0)
    expect(await others).toBe(0)
    expect(await kernel.jsApp(increment)(1)).toBe(2)
  })

  it('of a pool with a kernel of its own closes that, after its tasks', async () => {
    await using pool = await ownPool()
    const { fn, open } = gated()
    const future = pool.submit(fn, 0)
    const shut = pool.shutdown()
    await nextTurn()
    open(0)
    await shut
    expect(future.state).toBe('execDone')
    expect(thrownBy(() => pool.dfk.jsApp(increment)(1))).toMatchObject({ code: 'PARSL_NO_KERNEL' })
  })

  it('without waiting lets what was submitted go on, and ends the kernel after it', async () => {
    await using pool = await ownPool()
    const { fn, open } = gated()
    const future = pool.submit(fn, 0)
    await pool.shutdown({ wait: false })
    expect(future.state).not.toBe('execDone')
    open(0)
    expect(await future).toBe(0)
    await pool.shutdown()
    expect(loadedKernel()).toBeUndefined()
  })

  it('with cancelFutures cancels what has not started, and waits for the rest', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const pool = await poolOn(kernel)
    const { fn, started, open } = gated()
    const [running, queued] = [pool.submit(fn, 0), pool.submit(fn, 1)]
    const blocked = pool.submit(increment, queued)
    await eventually(() => started.length === 1)
    const shut = pool.shutdown({ cancelFutures: true })
    expect(await errorOf(queued)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect(blocked.state).toBe('cancelled')
    open(0)
    await shut
    expect([await running, started]).toEqual([0, [0]])
    expect((await kernel.close()).unawaited).toEqual([])
  })

  it('may be called again, to cancel after all', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const pool = await poolOn(kernel)
    const { fn, started, open } = gated()
    const [, queued] = [pool.submit(fn, 0), pool.submit(fn, 1)]
    await eventually(() => started.length === 1)
    const first = pool.shutdown()
    const second = pool.shutdown({ cancelFutures: true })
    open(0)
    await Promise.all([first, second])
    expect(queued.state).toBe('cancelled')
  })

  it.each([{ wait: 1 }, { cancel_futures: true }, 5])('refuses bad options: %j', async (options) => {
    await using kernel = await testKernel()
    const pool = await poolOn(kernel)
    expect(await errorOf(pool.shutdown(options as object))).toMatchObject({ code: 'PARSL_CONFIG' })
    expect(await pool.submit(increment, 1)).toBe(2)
  })
})

describe('a pool for a block', () => {
  it('gives what the block gives, and waits for what it submitted', async () => {
    await using kernel = await testKernel()
    const { fn, open } = gated()
    const result = parslPoolExecutor({ dfk: kernel }, (pool) => {
      void pool.submit(fn, 0)
      return 'given'
    })
    open(0)
    expect(await result).toBe('given')
    expect(kernel.taskStateCounts.execDone).toBe(1)
  })

  it('stops what was submitted when the block throws', async () => {
    await using kernel = await testKernel()
    const others = kernel.jsApp(() => new Promise<void>(() => {}))()
    const block = parslPoolExecutor({ dfk: kernel }, (pool) => {
      void pool.submit(() => new Promise(() => {}))
      throw new Error('block')
    })
    expect((await errorOf(block)).message).toBe('block')
    expect(kernel.taskStateCounts).toMatchObject({ cancelled: 1 })
    expect(others.isSettled).toBe(false)
  })

  it('closes a kernel of its own when the block throws', async () => {
    await using other = await testKernel()
    const { runDir } = other.config
    const block = parslPoolExecutor(
      { config: { executors: [inProcessExecutor()], runDir, log: false } },
      async (pool) => {
        await pool.submit(increment, 1)
        throw new Error('block')
      },
    )
    expect((await errorOf(block)).message).toBe('block')
    expect(loadedKernel()).toBeUndefined()
    clear()
    await using again = await dataFlowKernel({ executors: [inProcessExecutor()], runDir, log: false })
    expect(await again.jsApp(increment)(1)).toBe(2)
  })
})
