import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { type Config } from '../../src/index.js'
import { fakeExecutor } from '../executor/fake.js'
import { errorOf, eventually, logSpy, scratch, testKernel, thrownBy } from '../fixture.js'

type Sink = NonNullable<Config['monitoring']>[number]
const never = () => new Promise<number>(() => {})

describe('close()', () => {
  it('stops what has not ended: waiting, queued, running, joining, waiting to be tried again', async () => {
    await using kernel = await testKernel({ retries: 1, retryBackoff: { initial: '1h' } })
    const running = kernel.jsApp(never)()
    const futures = [
      running,
      kernel.jsApp((n: number) => n)(running),
      kernel.joinApp(() => [running])(),
      kernel.jsApp(() => Promise.reject(new Error('x')))(),
      kernel.bashApp(() => 'sleep 1000')(),
    ]
    await eventually(() => kernel.taskStateCounts.failRetryable === 1 && kernel.taskStateCounts.running === 2)
    const queued = kernel.jsApp(() => 1)()
    const { counts } = await kernel.close()
    for (const future of [...futures, queued]) {
      expect(await errorOf(future as PromiseLike<unknown>)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    }
    expect(counts).toMatchObject({ cancelled: 6, running: 0, pending: 0, launched: 0, joining: 0, failRetryable: 0 })
  })

  it('waits for every task first where it is asked to', async () => {
    await using kernel = await testKernel()
    const gate = Promise.withResolvers<number>()
    const futures = [kernel.jsApp(() => gate.promise)()]
    futures.push(kernel.jsApp((n: number) => n + 1)(futures[0] as never))
    const closing = kernel.close({ wait: true })
    await eventually(() => futures[0]?.state === 'running')
    gate.resolve(1)
    expect((await closing).counts.execDone).toBe(2)
    expect(await Promise.all(futures)).toEqual([1, 2])
  })

  it('takes further tasks while it waits', async () => {
    await using kernel = await testKernel()
    const gate = Promise.withResolvers<number>()
    const first = kernel.jsApp(() => gate.promise)()
    const more = first.then(() => kernel.jsApp(() => 'more')())
    const closing = kernel.close({ wait: true })
    gate.resolve(1)
    expect(await more).toBe('more')
    expect((await closing).counts.execDone).toBe(2)
  })

  it('stops waiting where it is called again without', async () => {
    await using kernel = await testKernel()
    const future = kernel.jsApp(never)()
    const waiting = kernel.close({ wait: true })
    const impatient = kernel.close()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect(await impatient).toBe(await waiting)
  })

  it('gives the same summary each time, and closes things once', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const summaries = await Promise.all([kernel.close(), kernel.close(), kernel.close({ wait: true })])
    expect(new Set(summaries).size).toBe(1)
    expect(await kernel.close()).toBe(summaries[0])
    expect(fake.life).toEqual(['start', 'close'])
  })

  it('refuses calls afterwards, at once', async () => {
    await using kernel = await testKernel()
    const made = kernel.jsApp(() => ({ a: 1 }))()
    await made
    await kernel.close()
    const error = thrownBy(() => kernel.jsApp(() => 1, { name: 'late' })())
    expect(error).toMatchObject({ name: 'NoDataFlowKernelError', code: 'PARSL_NO_KERNEL' })
    expect(error.message).toBe('app late needs a kernel, and this one is closed: load() a new one')
    expect(thrownBy(() => made.get('a'))).toMatchObject({ code: 'PARSL_NO_KERNEL' })
    expect(await made).toEqual({ a: 1 })
    expect(await errorOf(kernel.addExecutors([fakeExecutor()]))).toMatchObject({ code: 'PARSL_NO_KERNEL' })
  })

  it('may be called in a body', async () => {
    await using kernel = await testKernel()
    const ends: Promise<unknown>[] = []
    const future = kernel.jsApp(() => {
      ends.push(kernel.close())
      return 'ignored'
    })()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect(await ends[0]).toMatchObject({ counts: { cancelled: 1 } })
  })

  it('goes on without an executor that fails to close, and logs it', async () => {
    const log = logSpy()
    const { error } = log
    const broken = fakeExecutor({ label: 'broken', running: { close: async () => Promise.reject(new Error('stuck')) } })
    const other = fakeExecutor({ label: 'other' })
    await using kernel = await testKernel({ executors: [broken, other], log })
    await kernel.close()
    expect(other.life).toEqual(['start', 'close'])
    expect(error).toHaveBeenCalledWith(
      { err: expect.objectContaining({ message: 'stuck' }) },
      'executor broken could not be closed',
    )
  })

  it('goes on without an executor that never reports what it stopped', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const silent = fakeExecutor({ running: { stop: () => {} } })
    await using kernel = await testKernel({ executors: [silent] })
    const future = kernel.jsApp(() => 1)()
    await silent.next()
    const closing = kernel.close()
    await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_EXECUTOR' })
    expect((await closing).counts).toMatchObject({ launched: 0, failed: 1 })
  })
})

describe('executors', () => {
  it('may be added to a running kernel', async () => {
    await using kernel = await testKernel()
    const fake = fakeExecutor({ label: 'later' })
    await kernel.addExecutors([fake])
    expect([...kernel.executors]).toEqual([
      ['inProcess', expect.anything()],
      ['later', fake],
    ])
    const future = kernel.jsApp(() => 0, { executors: ['later'] })()
    fake.context.report.succeeded(await fake.next(), 'done')
    expect(await future).toBe('done')
    await kernel.close()
    expect(fake.life).toEqual(['start', 'close'])
  })

  it.each([
    ['a label that is taken', () => [fakeExecutor({ label: 'inProcess' })]],
    ['a label given twice', () => [fakeExecutor(), fakeExecutor()]],
    ['a label that names no folder', () => [fakeExecutor({ label: '../up' })]],
    ['something else', () => [{ label: 'x' }]],
    ['nothing', () => [undefined]],
    ['no list', () => 'htex'],
  ])('may not be added with %s', async (_, executors) => {
    await using kernel = await testKernel()
    expect(await errorOf(kernel.addExecutors(executors() as never))).toMatchObject({ code: 'PARSL_CONFIG' })
    expect([...kernel.executors.keys()]).toEqual(['inProcess'])
  })

  it('that share a label are not both added at once', async () => {
    await using kernel = await testKernel()
    const both = [fakeExecutor(), fakeExecutor()]
    const ends = await Promise.allSettled(both.map((fake) => kernel.addExecutors([fake])))
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await kernel.close()
    expect(both.map(({ life }) => life.filter((event) => event === 'start').length)).toEqual(
      both.map(({ life }) => life.filter((event) => event === 'close').length),
    )
  })

  it('that cannot start fail the load, and those that could are closed again', async () => {
    const good = fakeExecutor({ label: 'good' })
    const bad = fakeExecutor({ label: 'bad', start: async () => Promise.reject(new Error('no port')) })
    expect((await errorOf(testKernel({ executors: [good, bad] }))).message).toBe('no port')
    expect(good.life).toEqual(['start', 'close'])
  })

  it('that cannot start when added leave the kernel as it was', async () => {
    await using kernel = await testKernel()
    const bad = fakeExecutor({ start: async () => Promise.reject(new Error('no port')) })
    expect((await errorOf(kernel.addExecutors([bad]))).message).toBe('no port')
    expect(await kernel.jsApp(() => 1)()).toBe(1)
  })
})

describe('monitoring sinks', () => {
  it('hear of the run and of each change of each task', async () => {
    const events: Parameters<Sink['event']>[0][] = []
    const close = vi.fn<Sink['close']>(async () => {})
    await using kernel = await testKernel({ monitoring: [{ event: (event) => void events.push(event), close }] })
    const failing = kernel.jsApp(() => Promise.reject(new Error('x')), { name: 'failing', retries: 1 })()
    const error = await errorOf(failing)
    const { counts } = await kernel.close()
    expect(events[0]).toEqual({
      type: 'runStarted',
      at: expect.any(Number),
      runId: kernel.runId,
      runDir: kernel.runDir,
    })
    expect(events.at(-1)).toEqual({ type: 'runEnded', at: expect.any(Number), runId: kernel.runId, counts })
    const tasks = events.filter((event) => event.type === 'task')
    expect(tasks.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['pending', 0],
      ['launched', 0],
      ['running', 0],
      ['failRetryable', 0],
      ['pending', 1],
      ['launched', 1],
      ['running', 1],
      ['failed', 1],
    ])
    expect(tasks.every(({ taskId, app }) => taskId === 0 && app === 'failing')).toBe(true)
    expect(tasks.at(-1)).toMatchObject({ executor: 'inProcess', error })
    expect(tasks.map(({ at }) => at)).toEqual(tasks.map(({ at }) => at).toSorted((a, b) => a - b))
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('that throw cost no task, and are named in the log once', async () => {
    const log = logSpy()
    const { error } = log
    const good = { event: vi.fn<Sink['event']>(), close: async () => {} }
    const bad: Sink = {
      event: () => {
        throw new Error('sink broke')
      },
      close: async () => Promise.reject(new Error('sink broke')),
    }
    await using kernel = await testKernel({ monitoring: [bad, good], log })
    expect(await Promise.all([1, 2, 3].map((n) => kernel.jsApp(() => n)()))).toEqual([1, 2, 3])
    await kernel.close()
    expect(good.event).toHaveBeenCalledTimes(2 + 3 * 4)
    expect(error).toHaveBeenCalledTimes(1)
    expect(error.mock.calls[0]?.[0]).toMatchObject({ err: { message: 'sink broke' } })
  })
})

describe('the run directory', () => {
  it('holds the log, one JSON object a line', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel({ log: 'debug', runDir: folder.path })
    await kernel.jsApp(() => 1, { name: 'one' })()
    await errorOf(kernel.jsApp(() => Promise.reject(new Error('x', { cause: new Error('y') })), { name: 'two' })())
    await kernel.close()
    const lines = (await readFile(`${kernel.runDir}/parsl.log`, 'utf8')).trimEnd().split('\n')
    const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(log[0]).toMatchObject({ msg: 'the kernel has started', runId: kernel.runId, pid: process.pid })
    expect(log).toContainEqual(expect.objectContaining({ app: 'one', taskId: 0, state: 'execDone' }))
    const failed = log.find(({ msg }) => msg === 'the task failed')
    expect(failed).toMatchObject({ task: 1, app: 'two', err: { message: expect.stringContaining('x') } })
    expect(log.at(-1)).toMatchObject({ msg: 'the kernel has ended', counts: { execDone: 1, failed: 1 } })
  })

  it('tells in the log of each failed try where it ran and where its output is', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel({ log: 'info', runDir: folder.path, retries: 1 })
    await errorOf(kernel.bashApp(() => 'exit 3', { name: 'bad' })())
    await kernel.close()
    const lines = (await readFile(`${kernel.runDir}/parsl.log`, 'utf8')).trimEnd().split('\n')
    const tries = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ task }) => task === 0)
    const stem = `${kernel.runDir}/task_logs/0000/task_0000_bad`
    const about = { app: 'bad', executor: 'inProcess', where: expect.any(String), err: { details: { exitCode: 3 } } }
    expect(tries).toMatchObject([
      { ...about, msg: 'the task failed and will be tried again', attempt: 0, stderr: `${stem}.stderr` },
      { ...about, msg: 'the task failed', state: 'failed', attempt: 1, stderr: `${stem}.try1.stderr` },
    ])
  })

  it('holds no log where none is wanted', async () => {
    await using kernel = await testKernel()
    await kernel.close()
    expect(await readdir(kernel.runDir)).toEqual(['inProcess', 'run.json'])
  })

  it('goes on being numbered where folders were removed or are foreign', async () => {
    const { mkdir, rm } = await import('node:fs/promises')
    await using folder = await scratch()
    for (const name of ['000', '007', 'notes', '12x']) await mkdir(`${folder.path}/${name}`)
    await using first = await testKernel({ runDir: folder.path })
    expect(first.runDir).toBe(`${folder.path}/008`)
    await rm(first.runDir, { recursive: true })
    expect(await first.jsApp(() => 1)()).toBe(1)
    await using second = await testKernel({ runDir: folder.path })
    expect(second.runDir).toBe(`${folder.path}/008`)
    await mkdir(`${folder.path}/1234`)
    await using third = await testKernel({ runDir: folder.path })
    expect(third.runDir).toBe(`${folder.path}/1235`)
  })
})

it('keeps tasks that have ended where garbageCollect is off', async () => {
  await using kernel = await testKernel({ garbageCollect: false })
  await kernel.jsApp(() => 1, { name: 'one' })()
  await kernel
    .jsApp(() => Promise.reject(new Error('x')), { name: 'two' })()
    .settled()
  expect(kernel.tasks).toEqual([
    { id: 0, app: 'one', state: 'execDone', attempt: 0, executor: 'inProcess' },
    { id: 1, app: 'two', state: 'failed', attempt: 0, executor: 'inProcess' },
  ])
})
