import { describe, expect, it, vi } from 'vitest'
import { type Config, task } from '../../src/index.js'
import { errorOf, eventually, logSpy, testKernel } from '../fixture.js'

type Memoizer = NonNullable<Config['memoizer']>
type Running = Awaited<ReturnType<Memoizer['start']>>
type Call = Parameters<Running['lookup']>[0]
type Outcome = Parameters<Running['record']>[1]

/** Remembers in a Map by name and JSON of the arguments; and what it was asked. */
const mapMemoizer = ({ start, ...overrides }: Partial<Running> & { readonly start?: Memoizer['start'] } = {}) => {
  const known = new Map<string, Outcome>()
  const recorded: { readonly call: Call; readonly outcome: Outcome }[] = []
  const lookedUp: Call[] = []
  const life: string[] = []
  const keyOf = ({ app, args, ignoreForCache }: Call): string =>
    JSON.stringify([app, args.filter((_, index) => !ignoreForCache.includes(index))])
  const running: Running = {
    lookup: async (call) => {
      lookedUp.push(call)
      return { hit: known.get(keyOf(call)) }
    },
    record: async (call, outcome) => {
      recorded.push({ call, outcome })
      if (outcome.ok) known.set(keyOf(call), outcome)
    },
    close: async () => void life.push('close'),
    ...overrides,
  }
  const begin: Memoizer['start'] = async ({ runDir, baseDir }) => {
    life.push(`start ${runDir.startsWith(baseDir)}`)
    return running
  }
  return {
    memoizer: { name: 'map', start: start ?? begin } satisfies Memoizer,
    running,
    known,
    recorded,
    lookedUp,
    life,
    keyOf,
  }
}

const counting = () => {
  const calls: unknown[] = []
  return { calls, body: (n: number) => (calls.push(n), n * 2) }
}

describe('an app with cache on', () => {
  it('runs once for the same arguments, and again for others', async () => {
    const memo = mapMemoizer()
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const { calls, body } = counting()
    const app = kernel.jsApp(body, { cache: true })
    expect(await app(1)).toBe(2)
    const again = app(1)
    expect(await again).toBe(2)
    expect(again.state).toBe('memoDone')
    expect(await app(2)).toBe(4)
    expect(calls).toEqual([1, 2])
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 2, memoDone: 1 })
  })

  it('is looked up by what its arguments came to', async () => {
    const memo = mapMemoizer()
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const { calls, body } = counting()
    const number = kernel.jsApp(async (n: number) => n)
    const app = kernel.jsApp(body, { cache: true, name: 'double', ignoreForCache: [1, 'verbose'] })
    await app(number(3))
    await app(3)
    expect(calls).toEqual([3])
    expect(memo.lookedUp[0]).toEqual({
      taskId: 1,
      app: 'double',
      kind: 'js',
      body,
      args: [3],
      env: {},
      isHere: true,
      inputs: [],
      streams: [],
      outputs: [],
      ignoreForCache: [1, 'verbose'],
      version: undefined,
    })
  })

  it('is recorded once, before its future settles', async () => {
    const gate = Promise.withResolvers<void>()
    const record = vi.fn<Running['record']>(async () => gate.promise)
    const memo = mapMemoizer({ record })
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const future = kernel.jsApp(() => 'value', { cache: true })()
    await eventually(() => record.mock.calls.length > 0)
    expect(future.state).toBe('running')
    gate.resolve()
    expect(await future).toBe('value')
    expect(record).toHaveBeenCalledTimes(1)
    expect(record).toHaveBeenCalledWith(memo.lookedUp[0], { ok: true, value: 'value' })
  })

  it('is recorded as failed once, however many tries there were', async () => {
    const memo = mapMemoizer()
    await using kernel = await testKernel({ memoizer: memo.memoizer, retries: 2 })
    const app = kernel.jsApp((): number => Promise.reject(new Error(`try ${task().attempt}`)) as never, { cache: true })
    const error = await errorOf(app())
    expect(memo.recorded).toEqual([{ call: memo.lookedUp[0], outcome: { ok: false, error } }])
    expect(error.message).toBe('try 2')
    expect(memo.lookedUp).toHaveLength(1)
  })

  it('may be a join, whose whole value is remembered', async () => {
    const memo = mapMemoizer()
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const { calls, body } = counting()
    const double = kernel.jsApp(body)
    const both = kernel.joinApp((a: number, b: number) => [double(a), double(b)], { cache: true })
    expect(await both(1, 2)).toEqual([2, 4])
    expect(await both(1, 2)).toEqual([2, 4])
    expect(calls).toEqual([1, 2])
    expect(memo.recorded).toHaveLength(1)
  })

  it('may be a bash app', async () => {
    const memo = mapMemoizer()
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    let bodies = 0
    const app = kernel.bashApp(() => (bodies++, 'true'), { cache: true })
    expect(await app()).toEqual(await app())
    expect(bodies).toBe(1)
  })

  it('takes a remembered failure as its own, and records it no more', async () => {
    const thrown = new Error('remembered')
    const memo = mapMemoizer({ lookup: async () => ({ hit: { ok: false, error: thrown } }) })
    await using kernel = await testKernel({ memoizer: memo.memoizer, retries: 3 })
    const future = kernel.jsApp(() => 1, { cache: true })()
    expect(await errorOf(future)).toBe(thrown)
    expect(future.state).toBe('failed')
    expect(memo.recorded).toEqual([])
  })

  it('takes undefined as a value like any other', async () => {
    const memo = mapMemoizer({ lookup: async () => ({ hit: { ok: true, value: undefined } }) })
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const future = kernel.jsApp((): unknown => 'not this', { cache: true })()
    expect(await future).toBeUndefined()
    expect(future.state).toBe('memoDone')
  })

  it('lets identical calls in flight share one run, where the memoizer has them wait', async () => {
    const inFlight = new Map<string, PromiseWithResolvers<Outcome>>()
    const memo = mapMemoizer({
      lookup: async (call) => {
        const running = inFlight.get(memo.keyOf(call))
        if (running) return { hit: await running.promise }
        inFlight.set(memo.keyOf(call), Promise.withResolvers())
        return {}
      },
      record: async (call, outcome) => inFlight.get(memo.keyOf(call))?.resolve(outcome),
    })
    await using kernel = await testKernel({ memoizer: memo.memoizer, retries: 1 })
    let bodies = 0
    const app = kernel.jsApp(
      (n: number) => {
        if (bodies++ === 0) throw new Error('first try')
        return n
      },
      { cache: true },
    )
    expect(await Promise.all([app(1), app(1), app(1)])).toEqual([1, 1, 1])
    expect(bodies).toBe(2)
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 1, memoDone: 2 })
  })
})

describe('a memoizer that fails', () => {
  it('at lookup fails the task once, with its error, and nothing is recorded', async () => {
    const thrown = new Error('cannot be looked up')
    const memo = mapMemoizer({ lookup: vi.fn<Running['lookup']>(async () => Promise.reject(thrown)) })
    await using kernel = await testKernel({ memoizer: memo.memoizer, retries: 5 })
    const future = kernel.jsApp(() => 1, { cache: true })()
    expect(await errorOf(future)).toBe(thrown)
    expect(memo.running.lookup).toHaveBeenCalledTimes(1)
    expect(memo.recorded).toEqual([])
    expect(await kernel.jsApp(() => 2)()).toBe(2)
  })

  it.each([
    ['later', async () => Promise.reject(new Error('disk full'))],
    [
      'at once',
      () => {
        throw new Error('disk full')
      },
    ],
  ])('at record, %s, costs nothing but a line in the log', async (_, record: () => Promise<void>) => {
    const log = logSpy()
    const { warn } = log
    const memo = mapMemoizer({ record })
    await using kernel = await testKernel({ memoizer: memo.memoizer, log })
    expect(await kernel.jsApp(() => 1, { cache: true })()).toBe(1)
    const fail = kernel.jsApp((): number => Promise.reject(new Error('own')) as never, { cache: true })
    expect((await errorOf(fail())).message).toBe('own')
    await eventually(() => warn.mock.calls.length >= 3)
    const logged = warn.mock.calls.map(([facts]) => (facts as { err?: Error }).err?.message)
    expect(logged.filter((message) => message === 'disk full')).toHaveLength(2)
  })

  it('at start fails the load, before any executor is started', async () => {
    const { fakeExecutor } = await import('../executor/fake.js')
    const fake = fakeExecutor()
    const memo = mapMemoizer({ start: async () => Promise.reject(new Error('no store')) })
    const error = await errorOf(testKernel({ memoizer: memo.memoizer, executors: [fake] }))
    expect(error.message).toBe('no store')
    expect(fake.life).toEqual([])
  })

  it.each([
    ['later', async () => Promise.reject(new Error('no store'))],
    [
      'at once',
      () => {
        throw new Error('no store')
      },
    ],
  ])('at close, %s, is logged, and the rest is closed all the same', async (_, close: () => Promise<void>) => {
    const { fakeExecutor } = await import('../executor/fake.js')
    const fake = fakeExecutor()
    const log = logSpy()
    const { error } = log
    const memo = mapMemoizer({ close })
    await using kernel = await testKernel({ memoizer: memo.memoizer, executors: [fake], log })
    await kernel.close()
    expect(fake.life).toEqual(['start', 'close'])
    expect(error).toHaveBeenCalledWith({ err: expect.objectContaining({ message: 'no store' }) }, expect.any(String))
  })
})

describe('a task that is cancelled', () => {
  it('while it is looked up is recorded as failed after a miss, so that others need not wait for it', async () => {
    const gate = Promise.withResolvers<object>()
    const memo = mapMemoizer({ lookup: () => gate.promise })
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const future = kernel.jsApp(() => 1, { cache: true })()
    future.cancel()
    const error = await errorOf(future)
    expect(memo.recorded).toEqual([])
    gate.resolve({})
    await eventually(() => memo.recorded.length > 0)
    expect(memo.recorded.map(({ outcome }) => outcome)).toEqual([{ ok: false, error }])
    expect(future.state).toBe('cancelled')
  })

  it('while its result is recorded is recorded once', async () => {
    const gate = Promise.withResolvers<void>()
    const outcomes: boolean[] = []
    const record: Running['record'] = async (_, { ok }) => {
      outcomes.push(ok)
      await gate.promise
    }
    const memo = mapMemoizer({ record })
    await using kernel = await testKernel({ memoizer: memo.memoizer })
    const apps = [kernel.jsApp(() => 1, { cache: true }), kernel.joinApp(() => [1], { cache: true })]
    const futures = apps.map((app) => app())
    await eventually(() => outcomes.length === 2)
    for (const future of futures) future.cancel()
    gate.resolve()
    await Promise.allSettled(futures)
    expect(outcomes).toEqual([true, true])
  })
})

it('is started and closed with its kernel', async () => {
  const memo = mapMemoizer()
  await using kernel = await testKernel({ memoizer: memo.memoizer })
  expect(memo.life).toEqual(['start true'])
  await kernel.close()
  expect(memo.life).toEqual(['start true', 'close'])
})

it('is not asked about apps without cache', async () => {
  const memo = mapMemoizer()
  await using kernel = await testKernel({ memoizer: memo.memoizer })
  const app = kernel.jsApp(() => 1)
  await Promise.all([app(), app().get('toFixed'), app.with({ cache: false })()])
  expect([memo.lookedUp, memo.recorded]).toEqual([[], []])
})
