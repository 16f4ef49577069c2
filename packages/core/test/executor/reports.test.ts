import { describe, expect, it } from 'vitest'
import { evidenceOf, inProcessExecutor, output } from '../../src/index.js'
import { errorOf, scratch, testKernel } from '../fixture.js'
import { type FakeExecutor, fakeExecutor } from './fake.js'

describe('an executor', () => {
  it('is given each try with all that it needs', async () => {
    await using folder = await scratch()
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const body = (a: number, list: readonly number[], _out: unknown): string => `${a} ${list.length}`
    const app = kernel.jsApp(body, { name: 'named', walltime: '2s', priority: 3, env: { A: 'b' } })
    const future = app(1, [kernel.jsApp(() => 2, { executors: ['fake'] })()], output(`${folder.path}/out`))
    fake.context.report.succeeded(await fake.next(), 2)
    const attempt = await fake.next()
    expect(attempt).toMatchObject({ taskId: 1, attempt: 0, inputs: [], stdout: 'inherit', stderr: 'inherit' })
    expect(attempt.spec).toEqual({
      app: 'named',
      kind: 'js',
      body,
      resources: {},
      priority: 3,
      walltimeMs: 2_000,
      env: { A: 'b' },
    })
    expect(attempt.args.slice(0, 2)).toEqual([1, [2]])
    expect(attempt.outputs.map(({ kind, file }) => [kind, file.path])).toEqual([['file', `${folder.path}/out`]])
    expect(future.state).toBe('launched')
    fake.context.report.started(attempt, 'node 7')
    expect(future.state).toBe('running')
    fake.context.report.succeeded(attempt, 'done')
    expect(await future).toBe('done')
  })

  it('is started once, in a folder of its own, and closed once', async () => {
    const fake = fakeExecutor({ label: 'my-cluster.1' })
    await using kernel = await testKernel({ executors: [fake] })
    expect(fake.context).toMatchObject({ runId: kernel.runId, dir: `${kernel.runDir}/my-cluster.1`, killGraceMs: 10 })
    await kernel.close()
    await kernel.close()
    expect(fake.life).toEqual(['start', 'close'])
  })

  it('may be used by several kernels and loaded again', async () => {
    const fake = fakeExecutor()
    await using first = await testKernel({ executors: [fake] })
    const early = fake.context
    await using second = await testKernel({ executors: [fake] })
    expect(early.dir).not.toBe(fake.context.dir)
    const future = first.jsApp(() => 0)()
    early.report.succeeded(await fake.next(), 'first')
    expect(await future).toBe('first')
    await first.close()
    await second.close()
    expect(fake.life).toEqual(['start', 'start', 'close', 'close'])
  })
})

describe('tries lost to infrastructure', () => {
  it('are made again three times, whatever retries says, then fail with the evidence', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake], retries: 0 })
    const future = kernel.jsApp(() => 0)()
    for (let attempt = 0; attempt < 4; attempt++) {
      const held = await fake.next()
      expect(held.attempt).toBe(attempt)
      fake.context.report.started(held, `node ${attempt}`)
      fake.context.report.failed(held, new Error(`lost ${attempt}`), 'lost')
    }
    const error = await errorOf(future)
    expect(error.message).toBe('lost 3')
    expect(evidenceOf(error)).toMatchObject({
      attempt: 3,
      executor: 'fake',
      where: 'node 3',
      runDir: kernel.runDir,
      history: [0, 1, 2].map((attempt) => ({
        attempt,
        executor: 'fake',
        where: `node ${attempt}`,
        error: expect.objectContaining({ message: `lost ${attempt}` }),
      })),
    })
    expect(fake.tries).toHaveLength(4)
  })

  it('spend nothing of retries, nor the other way round', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake], retries: 1, infrastructureRetries: 1 })
    const future = kernel.jsApp(() => 0)()
    fake.context.report.failed(await fake.next(), new Error('lost'), 'lost')
    fake.context.report.failed(await fake.next(), new Error('body'), 'body')
    fake.context.report.succeeded(await fake.next(), 'at last')
    expect(await future).toBe('at last')
  })

  it('are not made again where a body must not run twice', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake], retries: 5 })
    const future = kernel.jsApp(() => 0, { infrastructureRetries: 0 })()
    fake.context.report.failed(await fake.next(), new Error('lost'), 'lost')
    expect((await errorOf(future)).message).toBe('lost')
    expect(fake.tries).toHaveLength(1)
  })

  it('ask no retryHandler', async () => {
    const fake = fakeExecutor()
    const refuse = (): number => {
      throw new Error('asked')
    }
    await using kernel = await testKernel({ executors: [fake], retryHandler: refuse })
    const future = kernel.jsApp(() => 0)()
    fake.context.report.failed(await fake.next(), new Error('lost'), 'lost')
    fake.context.report.succeeded(await fake.next(), 1)
    expect(await future).toBe(1)
  })

  it('go to another executor first, where there is one', async () => {
    const [a, b] = [fakeExecutor({ label: 'a' }), fakeExecutor({ label: 'b' })]
    await using kernel = await testKernel({ executors: [a, b] })
    const future = kernel.jsApp(() => 0)()
    a.context.report.failed(await a.next(), new Error('lost'), 'lost')
    b.context.report.failed(await b.next(), new Error('lost'), 'lost')
    a.context.report.succeeded(await a.next(), 'back')
    expect(await future).toBe('back')
  })
})

describe('reports that cannot be used', () => {
  it('are dropped and counted: twice, late, of a try that another followed', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const future = kernel.jsApp(() => 0)()
    const { report } = fake.context
    const first = await fake.next()
    report.failed(first, new Error('lost'), 'lost')
    const second = await fake.next()
    report.succeeded(first, 'late')
    report.failed(first, new Error('late'), 'body')
    report.started(first, 'late')
    expect(future.state).toBe('launched')
    report.succeeded(second, 'right')
    report.succeeded(second, 'twice')
    report.failed(second, new Error('twice'), 'stopped')
    expect(await future).toBe('right')
    report.started(second, 'late')
    expect((await kernel.close()).droppedReports).toBe(6)
  })

  it('are dropped and counted: of tries that are none of ours', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const future = kernel.jsApp(() => 0)()
    const { report } = fake.context
    const held = await fake.next()
    for (const garbage of [undefined, null, {}, 'text', { ...held }, { task: {} }] as never[]) {
      report.started(garbage, 'nowhere')
      report.succeeded(garbage, 'wrong')
      report.failed(garbage, new Error('wrong'), 'body')
    }
    report.succeeded(held, 'right')
    expect(await future).toBe('right')
    expect((await kernel.close()).droppedReports).toBe(18)
  })

  it('leave a task alone that was cancelled before', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const future = kernel.jsApp(() => 0)()
    const held = await fake.next()
    future.cancel()
    fake.context.report.succeeded(held, 'too late')
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect((await kernel.close()).droppedReports).toBe(1)
  })

  it('count where a result comes while the task is being stopped', async () => {
    const fake = fakeExecutor({ running: { stop: () => {} } })
    await using kernel = await testKernel({ executors: [fake] })
    const future = kernel.jsApp(() => 0)()
    const held = await fake.next()
    future.cancel()
    expect(future.state).toBe('launched')
    fake.context.report.succeeded(held, 'just in time')
    expect(await future).toBe('just in time')
  })
})

describe('an executor that cannot go on', () => {
  it('fails further tasks with the evidence', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const before = kernel.jsApp(() => 0)()
    const held = await fake.next()
    const why = new Error('no network')
    fake.context.report.succeeded(held, 1)
    fake.context.report.broken(why)
    expect(await before).toBe(1)
    const error = await errorOf(kernel.jsApp(() => 0)())
    expect(error).toMatchObject({
      name: 'BadStateException',
      code: 'PARSL_EXECUTOR_BAD_STATE',
      details: { executor: 'fake' },
      cause: why,
    })
    expect(error.message).toBe('executor fake cannot go on: no network')
  })

  it('is left out where another one will do', async () => {
    const [bad, good] = [fakeExecutor({ label: 'bad' }), fakeExecutor({ label: 'good' })]
    await using kernel = await testKernel({ executors: [bad, good] })
    bad.context.report.broken(new Error('gone'))
    const future = kernel.jsApp(() => 0)()
    good.context.report.succeeded(await good.next(), 1)
    expect(await future).toBe(1)
    expect(await errorOf(kernel.jsApp(() => 0, { executors: ['bad'] })())).toMatchObject({
      code: 'PARSL_EXECUTOR_BAD_STATE',
    })
  })

  it('may say so while it starts', async () => {
    const fake: FakeExecutor = fakeExecutor({ start: async () => fake.context.report.broken(new Error('no luck')) })
    await using kernel = await testKernel({ executors: [fake] })
    expect(await errorOf(kernel.jsApp(() => 0)())).toMatchObject({ code: 'PARSL_EXECUTOR_BAD_STATE' })
  })

  it('does not hang a try that it lost on the way', async () => {
    const fake = fakeExecutor()
    await using kernel = await testKernel({ executors: [fake] })
    const future = kernel.jsApp(() => 0)()
    fake.context.report.broken(new Error('gone'))
    fake.context.report.failed(await fake.next(), new Error('lost'), 'lost')
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_EXECUTOR_BAD_STATE' })
  })

  it('costs the task, not the kernel, where submit throws', async () => {
    const submit = (): void => {
      throw new Error('out of order')
    }
    const executors = [fakeExecutor({ label: 'broken', running: { submit } }), inProcessExecutor()]
    await using kernel = await testKernel({ executors })
    const future = kernel.jsApp(() => 0, { executors: ['broken'] })()
    expect((await errorOf(future)).message).toBe('out of order')
    expect([future.state, kernel.tasks]).toEqual(['failed', []])
    expect(await kernel.jsApp(() => 1, { executors: ['inProcess'] })()).toBe(1)
  })
})
