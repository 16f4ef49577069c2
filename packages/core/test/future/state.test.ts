import { describe, expect, it } from 'vitest'
import { type Config, type DataFlowKernel } from '../../src/index.js'
import { errorOf, eventually, testKernel } from '../fixture.js'

type Sink = NonNullable<Config['monitoring']>[number]
type Event = Parameters<Sink['event']>[0]

/** A kernel and, for each task, the states that it went through. */
const watchedKernel = async (config: Config = {}) => {
  const events: Event[] = []
  const sink: Sink = { event: (event) => void events.push(event), close: async () => {} }
  const kernel = await testKernel({ ...config, monitoring: [sink] })
  return {
    kernel,
    statesOf: ({ taskId }: { readonly taskId: number }) =>
      events.flatMap((event) => (event.type === 'task' && event.taskId === taskId ? [event.state] : [])),
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  }
}

const numberOf = (kernel: DataFlowKernel) => kernel.jsApp(async (n: number) => n)

describe('the states of a task', () => {
  it('are pending, launched, running, execDone where all is well', async () => {
    await using watched = await watchedKernel()
    const future = numberOf(watched.kernel)(1)
    await future
    expect(watched.statesOf(future)).toEqual(['pending', 'launched', 'running', 'execDone'])
  })

  it('end in failed where the body fails', async () => {
    await using watched = await watchedKernel()
    const future = watched.kernel.jsApp(() => Promise.reject(new Error('x')))()
    await errorOf(future)
    expect(watched.statesOf(future)).toEqual(['pending', 'launched', 'running', 'failed'])
  })

  it('go through failRetryable before each further try', async () => {
    await using watched = await watchedKernel({ retries: 2 })
    const future = watched.kernel.jsApp(() => Promise.reject(new Error('x')))()
    await errorOf(future)
    const first = ['pending', 'launched', 'running']
    expect(watched.statesOf(future)).toEqual([...first, 'failRetryable', ...first, 'failRetryable', ...first, 'failed'])
  })

  it('are pending and depFail where an input failed', async () => {
    await using watched = await watchedKernel()
    const failing = watched.kernel.jsApp((): number => {
      throw new Error('x')
    })
    const future = numberOf(watched.kernel)(failing())
    await errorOf(future)
    expect(watched.statesOf(future)).toEqual(['pending', 'depFail'])
  })

  it('of a join go through joining', async () => {
    await using watched = await watchedKernel()
    const number = numberOf(watched.kernel)
    const future = watched.kernel.joinApp(() => [number(1)])()
    await future
    expect(watched.statesOf(future)).toEqual(['pending', 'launched', 'running', 'joining', 'execDone'])
  })

  it('end in cancelled, from wherever they are', async () => {
    await using watched = await watchedKernel()
    const never = watched.kernel.jsApp(() => new Promise<number>(() => {}))
    const running = never()
    const waiting = numberOf(watched.kernel)(running)
    await eventually(() => running.state === 'running')
    waiting.cancel()
    running.cancel()
    await Promise.all([running.settled(), waiting.settled()])
    expect(watched.statesOf(running)).toEqual(['pending', 'launched', 'running', 'cancelled'])
    expect(watched.statesOf(waiting)).toEqual(['pending', 'cancelled'])
  })

  it('are shown by the future at each moment', async () => {
    await using kernel = await testKernel()
    const gates = [Promise.withResolvers<number>(), Promise.withResolvers<number>()] as const
    const first = kernel.jsApp(() => gates[0].promise)()
    const second = kernel.jsApp((_given: number) => gates[1].promise)(first)
    expect([first.state, second.state]).toEqual(['launched', 'pending'])
    await eventually(() => first.state === 'running')
    gates[0].resolve(1)
    await first
    expect(first.state).toBe('execDone')
    await eventually(() => second.state === 'running')
    gates[1].resolve(2)
    await second
    expect(second.state).toBe('execDone')
  })

  it('are final by the time a future has settled', async () => {
    await using kernel = await testKernel()
    const future = numberOf(kernel)(1)
    const states = await Promise.all([future.then(() => future.state), future.settled().then(() => future.state)])
    expect(states).toEqual(['execDone', 'execDone'])
  })

  it('are counted', async () => {
    await using kernel = await testKernel()
    const number = numberOf(kernel).with({ name: 'number' })
    const fail = kernel.jsApp((): number => {
      throw new Error('x')
    })
    const failed = fail()
    const never = kernel.jsApp(() => new Promise<number>(() => {}), { name: 'never' })()
    const waiting = number(never)
    await Promise.all([number(1), number(2), failed.settled(), number(failed).settled()])
    expect(kernel.taskStateCounts).toEqual({
      pending: 1,
      launched: 0,
      running: 1,
      joining: 0,
      failRetryable: 0,
      execDone: 2,
      memoDone: 0,
      failed: 1,
      depFail: 1,
      cancelled: 0,
    })
    expect(kernel.tasks).toEqual([
      { id: never.taskId, app: 'never', state: 'running', attempt: 0, executor: 'inProcess' },
      { id: waiting.taskId, app: 'number', state: 'pending', attempt: 0, executor: undefined },
    ])
  })
})
