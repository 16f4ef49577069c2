import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { evidenceOf, isParslError } from '../../src/index.js'
import { errorOf, testKernel } from '../fixture.js'

describe('the error of a task', () => {
  it('tells of its task under a symbol, and looks as before', async () => {
    await using kernel = await testKernel()
    const thrown = Object.assign(new RangeError('too far'), { limit: 5 })
    const before = inspect(thrown)
    const fail = kernel.jsApp(() => Promise.reject(thrown), { name: 'fail' })
    expect(await errorOf(fail())).toBe(thrown)
    expect(evidenceOf(thrown)).toMatchObject({
      taskId: 0,
      app: 'fail',
      attempt: 0,
      executor: 'inProcess',
      where: expect.any(String),
      runDir: kernel.runDir,
      stdout: undefined,
      stderr: undefined,
      history: [],
    })
    expect(inspect(thrown)).toBe(before)
    expect(Object.keys(thrown)).toEqual(['limit'])
  })

  it('tells where the newest try wrote its streams', async () => {
    await using kernel = await testKernel({ retries: 1 })
    const future = kernel.bashApp(() => 'exit 1', { name: 'fail' })()
    const error = await errorOf(future)
    const stem = `${kernel.runDir}/task_logs/0000/task_0000_fail`
    expect(evidenceOf(error)).toMatchObject({ stdout: `${stem}.try1.stdout`, stderr: `${stem}.try1.stderr` })
    expect(evidenceOf(error)?.history[0]?.error).toMatchObject({ details: { stderr: `${stem}.stderr` } })
  })

  it('keeps the story of the task that threw it first, where another one throws it on', async () => {
    await using kernel = await testKernel()
    const inner = kernel.jsApp(() => Promise.reject(new Error('root')), { name: 'inner' })
    const outer = kernel.jsApp(async () => await inner(), { name: 'outer' })
    expect(evidenceOf(await errorOf(outer()))).toMatchObject({ app: 'inner', taskId: 1 })
  })

  it('is each tasks own where inputs failed', async () => {
    await using kernel = await testKernel()
    const failed = kernel.jsApp((): number => Promise.reject(new Error('root')) as never, { name: 'root' })()
    const errors = await Promise.all(
      ['a', 'b'].map((name) => errorOf(kernel.jsApp((n: number) => n, { name })(failed))),
    )
    expect(errors.map((error) => evidenceOf(error)?.app)).toEqual(['a', 'b'])
    expect(errors.map((error) => evidenceOf(error.cause)?.app)).toEqual(['root', 'root'])
  })

  it.each([['text'], [undefined], [5], [Object.freeze(new Error('frozen'))]])(
    'tells nothing where it cannot: %j',
    async (thrown: unknown) => {
      await using kernel = await testKernel()
      const fail = kernel.jsApp(() => {
        throw thrown
      })
      expect(evidenceOf(await errorOf(fail()))).toBeUndefined()
    },
  )

  it('is ours by code, not by class', async () => {
    await using kernel = await testKernel()
    const error = await errorOf(kernel.bashApp(() => 'exit 1')())
    expect(isParslError(error)).toBe(true)
    expect(isParslError(error, 'PARSL_APP')).toBe(true)
    expect(isParslError(error, 'PARSL_APP_BASH_EXIT')).toBe(true)
    expect(isParslError(error, 'PARSL_AP')).toBe(false)
    expect(isParslError(error, 'PARSL_DATA')).toBe(false)
    expect(isParslError(new Error('x'))).toBe(false)
  })
})

describe('a future that is printed', () => {
  it('shows its task and where that stands', async () => {
    await using kernel = await testKernel()
    const done = kernel.jsApp(() => ({ large: 'value' }), { name: 'done' })()
    const fail = kernel.jsApp(() => Promise.reject(new Error('x')), { name: 'fail' })()
    const waiting = kernel.jsApp((value: object) => value, { name: 'waiting' })(done)
    expect(inspect(waiting)).toBe('AppFuture { task 2 (waiting), pending }')
    await Promise.allSettled([done, fail, waiting])
    expect(inspect(done)).toBe('AppFuture { task 0, execDone }')
    expect(inspect(fail)).toBe('AppFuture { task 1 (fail), failed }')
  })
})
