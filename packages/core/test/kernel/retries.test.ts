import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Config, type DataFlowKernel, evidenceOf, task } from '../../src/index.js'
import { errorOf, eventually, testKernel } from '../fixture.js'

type RetryHandler = NonNullable<Config['retryHandler']>

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** An app that fails so many times, and the numbers of its tries. */
const flaky = (kernel: DataFlowKernel, failures: number) => {
  const tries: number[] = []
  const app = kernel.jsApp(
    () => {
      tries.push(task().attempt)
      if (tries.length <= failures) throw new Error(`failure ${tries.length}`)
      return tries.length
    },
    { name: 'flaky' },
  )
  return { app, tries }
}

describe('retries', () => {
  it('are none, unless asked for', async () => {
    await using kernel = await testKernel()
    const { app, tries } = flaky(kernel, 1)
    expect((await errorOf(app())).message).toBe('failure 1')
    expect(tries).toEqual([0])
  })

  it('make further tries until one is well', async () => {
    await using kernel = await testKernel({ retries: 3 })
    const { app, tries } = flaky(kernel, 3)
    expect(await app()).toBe(4)
    expect(tries).toEqual([0, 1, 2, 3])
  })

  it('end with the last error, and the earlier ones with it', async () => {
    await using kernel = await testKernel({ retries: 2 })
    const { app, tries } = flaky(kernel, 9)
    const error = await errorOf(app())
    expect(error.message).toBe('failure 3')
    expect(tries).toHaveLength(3)
    expect(evidenceOf(error)).toMatchObject({
      taskId: 0,
      app: 'flaky',
      attempt: 2,
      executor: 'inProcess',
      history: [
        { attempt: 0, error: { message: 'failure 1' } },
        { attempt: 1, error: { message: 'failure 2' } },
      ],
    })
    expect((error as unknown as Record<symbol, unknown>)[Symbol.for('parsl.task')]).toBe(evidenceOf(error))
  })

  it('may be said for one app, or one call', async () => {
    await using kernel = await testKernel({ retries: 9 })
    const none = flaky(kernel, 9)
    await errorOf(none.app.with({ retries: 0 })())
    expect(none.tries).toHaveLength(1)
    const two = flaky(kernel, 2)
    expect(await two.app.with({ retries: 2 })()).toBe(3)
  })

  it('are not spent on inputs that failed', async () => {
    await using kernel = await testKernel({ retries: 2 })
    const handler = vi.fn<RetryHandler>(() => 1)
    await using other = await testKernel({ retries: 2, retryHandler: handler })
    for (const one of [kernel, other]) {
      const { app } = flaky(one, 9)
      const next = one.jsApp((n: number) => n)
      expect(await errorOf(next(app()))).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY' })
    }
    expect(handler).toHaveBeenCalledTimes(3)
  })

  it('give each try the same arguments, resolved once', async () => {
    await using kernel = await testKernel({ retries: 1 })
    const seen: unknown[] = []
    const made = kernel.jsApp(() => ({ made: true }))()
    const look = kernel.jsApp((value: object) => {
      seen.push(value)
      if (seen.length === 1) throw new Error('again')
    })
    await look(made)
    expect(seen).toEqual([{ made: true }, { made: true }])
    expect(seen[0]).toBe(seen[1])
  })
})

describe('retryHandler', () => {
  it('says what a failure costs, in fractions too', async () => {
    await using kernel = await testKernel({ retries: 2, retryHandler: () => 0.5 })
    const { app, tries } = flaky(kernel, 99)
    await errorOf(app())
    expect(tries).toHaveLength(5)
  })

  it('may make a failure free, or fatal', async () => {
    const retryHandler: RetryHandler = (error) => ((error as Error).message === 'failure 20' ? 100 : 0)
    await using kernel = await testKernel({ retries: 1, retryHandler })
    const { app, tries } = flaky(kernel, 99)
    expect((await errorOf(app())).message).toBe('failure 20')
    expect(tries).toHaveLength(20)
  })

  it('is told of the task and of what was spent', async () => {
    const handler = vi.fn<RetryHandler>(() => 0.5)
    await using kernel = await testKernel({ retries: 1, retryHandler: handler })
    const error = await errorOf(flaky(kernel, 99).app())
    expect(handler.mock.calls.map(([, failed]) => failed)).toEqual(
      [0, 1, 2].map((attempt) => ({ taskId: 0, app: 'flaky', attempt, spent: attempt / 2 })),
    )
    expect(handler.mock.calls[2]?.[0]).toBe(error)
  })

  it('that throws ends the task with what it threw', async () => {
    const thrown = new Error('not that one')
    const retryHandler = (): number => {
      throw thrown
    }
    await using kernel = await testKernel({ retries: 9, retryHandler })
    const { app, tries } = flaky(kernel, 99)
    expect(await errorOf(app())).toBe(thrown)
    expect(tries).toHaveLength(1)
  })

  it.each([[undefined], ['1'], [NaN], [{}], [{ cost: 1, delay: 'soon' }], [null]])(
    'that answers nonsense ends the task with a typed error: %j',
    async (verdict: unknown) => {
      await using kernel = await testKernel({ retries: 9, retryHandler: () => verdict as number })
      const { app, tries } = flaky(kernel, 99)
      expect(await errorOf(app())).toMatchObject({ code: 'PARSL_CONFIG' })
      expect(tries).toHaveLength(1)
    },
  )

  it('may delay the next try', async () => {
    await using kernel = await testKernel({ retries: 1, retryHandler: () => ({ cost: 1, delay: '90s' }) })
    const { app, tries } = flaky(kernel, 1)
    const future = app()
    await eventually(() => future.state === 'failRetryable')
    await pass(89_999)
    expect(tries).toHaveLength(1)
    await pass(1)
    expect(await future).toBe(2)
  })
})

describe('retryBackoff', () => {
  /** How long each further try waited. */
  const delaysOf = async (kernel: DataFlowKernel, count: number): Promise<number[]> => {
    const { app, tries } = flaky(kernel, count)
    const future = app()
    const delays: number[] = []
    for (let done = 1; done <= count; done++) {
      await eventually(() => future.state === 'failRetryable')
      let ms = 0
      for (; tries.length === done; ms += 500) await pass(500)
      delays.push(ms)
    }
    await future
    return delays
  }

  it('doubles the wait each time, up to a minute', async () => {
    await using kernel = await testKernel({ retries: 9, retryBackoff: { initial: '10s', jitter: false } })
    expect(await delaysOf(kernel, 5)).toEqual([10_000, 20_000, 40_000, 60_000, 60_000])
  })

  it('grows as it is told', async () => {
    const retryBackoff = { initial: 1, factor: 3, max: '5s', jitter: false }
    await using kernel = await testKernel({ retries: 9, retryBackoff })
    expect(await delaysOf(kernel, 3)).toEqual([1_000, 3_000, 5_000])
  })

  it('draws each wait between half and whole', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.5)
    await using kernel = await testKernel({ retries: 9, retryBackoff: { initial: '10s' } })
    expect(await delaysOf(kernel, 2)).toEqual([5_000, 15_000])
    random.mockRestore()
  })

  it('gives way to a delay of the handler', async () => {
    const config: Config = { retries: 9, retryBackoff: { initial: '10s' }, retryHandler: () => ({ cost: 1, delay: 0 }) }
    await using kernel = await testKernel(config)
    expect(await flaky(kernel, 3).app()).toBe(4)
  })

  it('ends with the kernel', async () => {
    await using kernel = await testKernel({ retries: 9, retryBackoff: { initial: '1h' } })
    const future = flaky(kernel, 1).app()
    await eventually(() => future.state === 'failRetryable')
    await kernel.close()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect(vi.getTimerCount()).toBe(0)
  })
})
