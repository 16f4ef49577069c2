import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AppTimeout, task } from '../../src/index.js'
import { errorOf, eventually, testKernel } from '../fixture.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const HOUR_MS = 3_600_000
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const never = () => new Promise<number>(() => {})

/** Ends when it is asked to. */
const obedient = async (): Promise<void> => {
  const { signal } = task()
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
}

describe('walltime', () => {
  it('ends a body that takes longer, counted from its start', async () => {
    await using kernel = await testKernel()
    const gate = Promise.withResolvers<number>()
    const first = kernel.jsApp(() => gate.promise)()
    const future = kernel.jsApp((_given: number) => obedient(), { walltime: '1h', name: 'slow' })(first)
    await pass(10 * HOUR_MS)
    expect(future.state).toBe('pending')
    gate.resolve(1)
    await eventually(() => future.state === 'running')
    await pass(HOUR_MS - 1)
    expect(future.state).toBe('running')
    await pass(1)
    const error = (await errorOf(future)) as AppTimeout
    expect(error).toMatchObject({
      name: 'AppTimeout',
      code: 'PARSL_APP_TIMEOUT',
      details: { app: 'slow', limit: 'walltime', limitMs: HOUR_MS },
    })
    expect(error.message).toBe('app slow exceeded its walltime of 3600 s')
    expect(future.state).toBe('failed')
  })

  it('does nothing to a body that is quicker', async () => {
    await using kernel = await testKernel()
    const future = kernel.jsApp(async () => 'done', { walltime: '1h' })()
    expect(await future).toBe('done')
    expect(vi.getTimerCount()).toBe(0)
    await pass(HOUR_MS)
    expect(future.state).toBe('execDone')
  })

  it('gives up a body that does not end on its signal, after the grace period', async () => {
    await using kernel = await testKernel({ killGrace: '5s' })
    const future = kernel.jsApp(never, { walltime: '1s' })()
    await eventually(() => future.state === 'running')
    await pass(1_000)
    expect(future.state).toBe('running')
    await pass(5_000)
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
  })

  it('counts anew for each try, and spends retries', async () => {
    await using kernel = await testKernel({ retries: 1 })
    const future = kernel.jsApp(obedient, { walltime: '1h' })()
    for (const attempt of [0, 1]) {
      await eventually(() => future.state === 'running')
      expect(kernel.tasks[0]?.attempt).toBe(attempt)
      await pass(HOUR_MS)
    }
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
  })

  it('is told to the body as its deadline', async () => {
    await using kernel = await testKernel()
    const look = kernel.jsApp(() => task().deadline)
    expect(await look()).toBeUndefined()
    const before = Date.now()
    const deadline = (await look.with({ walltime: '1h' })()) as Date
    expect(Math.abs(deadline.getTime() - before - HOUR_MS)).toBeLessThan(60_000)
  })

  it('ends the processes of a bash app', async () => {
    await using kernel = await testKernel()
    const future = kernel.bashApp(() => 'sleep 1000', { walltime: '1h' })()
    await eventually(() => future.state === 'running')
    vi.useRealTimers()
    const short = kernel.bashApp(() => 'sleep 1000', { walltime: '1ms' })()
    expect(await errorOf(short)).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
    future.cancel()
    await future.settled()
  })
})

describe('timeout', () => {
  it('counts from submission, inputs and waiting included', async () => {
    await using kernel = await testKernel()
    const slow = kernel.jsApp(obedient)()
    const future = kernel.jsApp((_given: unknown) => 1, { timeout: '1h', name: 'impatient' })(slow)
    await pass(HOUR_MS - 1)
    expect(future.state).toBe('pending')
    await pass(1)
    expect(await errorOf(future)).toMatchObject({
      code: 'PARSL_APP_TIMEOUT',
      details: { app: 'impatient', limit: 'timeout', limitMs: HOUR_MS },
    })
    expect(slow.state).toBe('running')
  })

  it('ends a running body, which is not tried again', async () => {
    await using kernel = await testKernel({ retries: 5 })
    const future = kernel.jsApp(obedient, { timeout: '1h' })()
    await eventually(() => future.state === 'running')
    await pass(HOUR_MS)
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_APP_TIMEOUT', details: { limit: 'timeout' } })
    expect(future.state).toBe('failed')
  })

  it('ends a join and what it waits for', async () => {
    await using kernel = await testKernel()
    const inner = kernel.jsApp(obedient)
    const future = kernel.joinApp(() => [inner(), inner()], { timeout: '1h' })()
    await eventually(() => kernel.taskStateCounts.running === 2)
    await pass(HOUR_MS)
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
    await kernel.waitForCurrentTasks()
    expect(kernel.taskStateCounts).toMatchObject({ failed: 1, cancelled: 2 })
  })

  it('ends the wait between two tries', async () => {
    await using kernel = await testKernel({ retries: 1, retryBackoff: { initial: '2h', max: '2h' } })
    const future = kernel.jsApp(() => Promise.reject(new Error('x')), { timeout: '1h' })()
    await eventually(() => future.state === 'failRetryable')
    await pass(HOUR_MS)
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer behind', async () => {
    await using kernel = await testKernel()
    await kernel.jsApp(() => 1, { timeout: '1h' })()
    await kernel
      .jsApp(() => Promise.reject(new Error('x')), { timeout: '1h' })()
      .settled()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('signal', () => {
  it('cancels tasks wherever they are when it is aborted', async () => {
    await using kernel = await testKernel()
    const controller = new AbortController()
    const { signal } = controller
    const running = kernel.jsApp(obedient, { signal })()
    const waiting = kernel.jsApp((_given: unknown) => 1, { signal })(running)
    const other = kernel.jsApp(obedient)()
    await eventually(() => running.state === 'running')
    const reason = new Error('user left')
    controller.abort(reason)
    for (const future of [running, waiting]) {
      expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED', cause: reason })
      expect(future.state).toBe('cancelled')
    }
    expect(other.state).toBe('running')
  })

  it('that was aborted before cancels at once, and nothing runs', async () => {
    await using kernel = await testKernel()
    let ran = false
    const app = kernel.jsApp(() => (ran = true), { signal: AbortSignal.abort('before') })
    const error = await errorOf(app())
    expect(error).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED', cause: 'before' })
    expect(ran).toBe(false)
  })

  it('serves any number of tasks with one listener', async () => {
    await using kernel = await testKernel()
    const controller = new AbortController()
    const listen = vi.spyOn(controller.signal, 'addEventListener')
    const app = kernel.jsApp((n: number) => n, { signal: controller.signal })
    await Promise.all(Array.from({ length: 50 }, (_, n) => app(n)))
    const last = kernel.jsApp(obedient, { signal: controller.signal })()
    await eventually(() => last.state === 'running')
    controller.abort()
    await last.settled()
    expect(listen).toHaveBeenCalledTimes(1)
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 50, cancelled: 1 })
  })

  it('may be aborted by a body of its own', async () => {
    await using kernel = await testKernel()
    const controller = new AbortController()
    const { signal } = controller
    const others = [1, 2, 3].map(() => kernel.jsApp(obedient, { signal })())
    const first = kernel.jsApp(() => controller.abort('found'), { signal })()
    for (const future of [first, ...others]) {
      expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED', cause: 'found' })
    }
    expect(await kernel.jsApp(() => 'goes on')()).toBe('goes on')
  })
})
