import { describe, expect, it } from 'vitest'
import { type AppOptions, inProcessExecutor, type UnknownExecutor } from '../../src/index.js'
import { errorOf, eventually, testKernel } from '../fixture.js'
import { fakeExecutor } from './fake.js'

describe('the executor of a task', () => {
  it('is one of those that its app names', async () => {
    const executors = [
      fakeExecutor({ label: 'a' }),
      fakeExecutor({ label: 'b' }),
      fakeExecutor({ label: 'c' }),
    ] as const
    const [, b, c] = executors
    await using kernel = await testKernel({ executors })
    const onB = kernel.jsApp(() => 0, { executors: ['b'] })()
    b.context.report.succeeded(await b.next(), 'b')
    expect(await onB).toBe('b')
    const onC = kernel.jsApp(() => 0).with({ executors: ['c'] })()
    c.context.report.succeeded(await c.next(), 'c')
    expect(await onC).toBe('c')
    expect(executors.map(({ tries }) => tries.length)).toEqual([0, 1, 1])
  })

  it('is the one with the most room, unless one is named', async () => {
    const full = fakeExecutor({ label: 'full', room: { outstanding: 4, slots: 4 } })
    const free = fakeExecutor({ label: 'free', room: { outstanding: 2, slots: 8 } })
    const none = fakeExecutor({ label: 'none', room: { outstanding: 0, slots: 0 } })
    await using kernel = await testKernel({ executors: [none, full, free] })
    for (const executors of ['all', undefined, ['none', 'full', 'free']] as const) {
      const future = kernel.jsApp(() => 0, executors === undefined ? {} : { executors })()
      free.context.report.succeeded(await free.next(), 1)
      await future
    }
    expect([none.tries, full.tries]).toEqual([[], []])
  })

  it('is one without tasks where all are equally free', async () => {
    const busy = fakeExecutor({ label: 'busy', room: { outstanding: 5, slots: Infinity } })
    const idle = fakeExecutor({ label: 'idle', room: { outstanding: 0, slots: Infinity } })
    await using kernel = await testKernel({ executors: [busy, idle] })
    const future = kernel.jsApp(() => 0)()
    idle.context.report.succeeded(await idle.next(), 1)
    await future
    expect(busy.tries).toEqual([])
  })

  it('is one that understands the resources that the app asks for', async () => {
    const plain = fakeExecutor({ label: 'plain' })
    const rich = fakeExecutor({
      label: 'rich',
      capabilities: { resources: ['cores', 'memory', 'gpus'] },
      room: { outstanding: 99, slots: 1 },
    })
    await using kernel = await testKernel({ executors: [plain, rich] })
    const resources = { cores: 2, memory: '4GiB', gpus: 0 }
    const future = kernel.jsApp(() => 0, { resources })()
    const held = await rich.next()
    expect(held.spec.resources).toEqual(resources)
    rich.context.report.succeeded(held, 1)
    await future
    expect(plain.tries).toEqual([])
  })

  it('is refused where none understands them', async () => {
    await using kernel = await testKernel()
    const error = await errorOf(kernel.jsApp(() => 0, { resources: { cores: 1, gpus: 1 } })())
    expect(error).toMatchObject({
      name: 'InvalidResourceSpecification',
      code: 'PARSL_EXECUTOR_RESOURCES',
      details: { executor: 'inProcess', keys: ['cores', 'gpus'] },
    })
    expect(error.message).toBe('executor inProcess cannot take resources cores, gpus: it understands none')
  })

  it('is refused where there is none of that label, with the nearest name', async () => {
    await using kernel = await testKernel({
      executors: [fakeExecutor({ label: 'cluster' }), fakeExecutor({ label: 'gpu' })],
    })
    const error = (await errorOf(kernel.jsApp(() => 0, { executors: ['clutser'] })())) as UnknownExecutor
    expect(error).toMatchObject({
      name: 'UnknownExecutor',
      code: 'PARSL_EXECUTOR_UNKNOWN',
      details: { label: 'clutser', known: ['cluster', 'gpu'] },
    })
    expect(error.message).toBe('no executor is labelled "clutser": did you mean "cluster"?; there are cluster, gpu')
  })

  it('is refused once, not tried again', async () => {
    await using kernel = await testKernel({ retries: 5, infrastructureRetries: 5 })
    const future = kernel.jsApp(() => 0, { executors: ['nowhere'] })()
    await errorOf(future)
    expect(future.state).toBe('failed')
    expect(kernel.taskStateCounts.failRetryable).toBe(0)
  })

  it('may be the only one left by a captured stream', async () => {
    const captures = fakeExecutor({ label: 'captures', capabilities: { capturesStreams: true } })
    await using kernel = await testKernel({ executors: [inProcessExecutor(), captures] })
    const future = kernel.jsApp(() => 0, { stdout: 'auto', stderr: 'ignore', label: 'here' })()
    const held = await captures.next()
    expect(held.stdout).toEqual({ path: future.stdout, mode: 'a' })
    expect(held.stderr).toBe('ignore')
    captures.context.report.succeeded(held, 1)
    await future
  })
})

describe('the in-process executor', () => {
  it('runs at most so many bodies at once', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 2 })] })
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
    const started: number[] = []
    const wait = kernel.jsApp((n: number) => {
      started.push(n)
      return gates[n]?.promise
    })
    const futures = gates.map((_, n) => wait(n))
    await eventually(() => started.length === 2)
    expect(kernel.taskStateCounts).toMatchObject({ running: 2, launched: 3 })
    gates[1]?.resolve(1)
    await futures[1]
    await eventually(() => started.length === 3)
    expect(started).toEqual([0, 1, 2])
    for (const { resolve } of gates) resolve(0)
    await Promise.all(futures)
    expect(started).toEqual([0, 1, 2, 3, 4])
  })

  it('starts smaller priorities first, equal ones in order, those without one last', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const gate = Promise.withResolvers<void>()
    const hold = kernel.jsApp(() => gate.promise)()
    await eventually(() => hold.state === 'running')
    const order: string[] = []
    const note = kernel.jsApp((name: string) => void order.push(name))
    const at = (priority: number | undefined, name: string) =>
      (priority === undefined ? note : note.with({ priority }))(name)
    const futures = [
      at(undefined, 'none 1'),
      at(5, 'five 1'),
      at(0, 'zero 1'),
      at(-3, 'minus'),
      at(5, 'five 2'),
      at(undefined, 'none 2'),
      at(0.5, 'half'),
      at(0, 'zero 2'),
    ]
    gate.resolve()
    await Promise.all(futures)
    expect(order).toEqual(['minus', 'zero 1', 'zero 2', 'half', 'five 1', 'five 2', 'none 1', 'none 2'])
  })

  it('has places of their own for commands', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1, processes: 1 })] })
    const gate = Promise.withResolvers<void>()
    const hold = kernel.jsApp(() => gate.promise)()
    await eventually(() => hold.state === 'running')
    await Promise.all([1, 2].map((n) => kernel.bashApp(() => `exit 0 # ${n}`)()))
    expect(hold.state).toBe('running')
    gate.resolve()
    await hold
  })

  it('lets the event loop turn while short bodies follow each other', async () => {
    await using kernel = await testKernel()
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    const next = kernel.jsApp((n: number) => n + 1)
    let future = next(0)
    for (let n = 0; n < 50_000; n++) future = next(future)
    await future
    clearInterval(turning)
    expect(turns).toBeGreaterThan(1)
  })

  it.each<[unknown, string]>([
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ processes: -1 }, 'processes'],
    [{ label: '' }, 'label'],
    [{ concurency: 1 }, 'did you mean "concurrency"?'],
    [null, 'must be an object'],
  ])('refuses bad options: %j', (options, complaint) => {
    expect(() => inProcessExecutor(options as never)).toThrow(
      expect.objectContaining({
        code: 'PARSL_CONFIG',
        message: expect.stringContaining(complaint),
      }),
    )
  })

  it.each<[AppOptions]>([[{ priority: 1 }], [{ label: 'x' }], [{ env: { A: '1' } }]])(
    'takes what it has no use for: %j',
    async (options) => {
      await using kernel = await testKernel()
      expect(await kernel.jsApp(() => 1, options)()).toBe(1)
    },
  )
})
