import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DataFlowKernel } from '../../src/index.js'
import { errorOf, eventually, scratch, testKernel } from '../fixture.js'

let written: string[] = []
let unhandled = 0
const count = (): void => void unhandled++

beforeEach(() => {
  written = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  unhandled = 0
  process.on('unhandledRejection', count)
})

afterEach(() => {
  vi.restoreAllMocks()
  process.off('unhandledRejection', count)
  if (unhandled > 0) throw new Error(`${unhandled} rejections were not handled`)
})

const failing = (kernel: DataFlowKernel) =>
  kernel.jsApp(
    (what: string): string => {
      throw new Error(`${what}\nmore of it`)
    },
    { name: 'failing' },
  )

/** What close said on standard error. */
const reportOf = async (kernel: DataFlowKernel): Promise<string> => {
  await kernel.close()
  return written.join('')
}

describe('a failure that nobody awaited', () => {
  it('is reported at close, once, on one line, and returned', async () => {
    await using kernel = await testKernel()
    const future = failing(kernel)('lost')
    await eventually(() => future.state === 'failed')
    const { unawaited } = await kernel.close()
    await kernel.close()
    expect(written).toEqual(['parsl: 1 task failed and nobody awaited it:\n  task 0 (failing): Error: lost\n'])
    expect(unawaited).toEqual([
      { task: 'task 0 (failing)', error: expect.objectContaining({ message: 'lost\nmore of it' }) },
    ])
  })

  it('names the log of the run, where there is one', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel({ log: 'error', runDir: folder.path })
    const future = failing(kernel)('lost')
    await eventually(() => future.state === 'failed')
    expect(await reportOf(kernel)).toContain(`\n  log: ${kernel.runDir}/parsl.log\n`)
  })

  it('is counted beyond the first five', async () => {
    await using kernel = await testKernel()
    const futures = Array.from({ length: 8 }, (_, n) => failing(kernel)(`number ${n}`))
    await eventually(() => futures.every(({ state }) => state === 'failed'))
    const report = await reportOf(kernel)
    expect(report).toContain('parsl: 8 tasks failed and nobody awaited them:\n  task 0 (failing): Error: number 0\n')
    expect(report).toContain('task 4')
    expect(report).not.toContain('task 5')
    expect(report).toContain('\n  and 3 more\n')
  })

  it('may be anything that was thrown', async () => {
    await using kernel = await testKernel()
    const fail = kernel.jsApp((what: unknown) => {
      throw what
    })
    const futures = [fail('text'), fail(undefined), fail(Object.create(null)), fail(Symbol('s'))]
    await eventually(() => futures.every(({ state }) => state === 'failed'))
    expect(await reportOf(kernel)).toContain('4 tasks failed')
  })
})

describe('no report', () => {
  it('is made of failures that were awaited, in time or late', async () => {
    await using kernel = await testKernel()
    const [inTime, late, settled, caught] = ['a', 'b', 'c', 'd'].map(failing(kernel)) as never as ReturnType<
      ReturnType<typeof failing>
    >[]
    await Promise.all([errorOf(inTime as never), caught?.catch(() => {})])
    await eventually(() => late?.state === 'failed' && settled?.state === 'failed')
    await settled?.settled()
    const lateError = errorOf(late as never)
    expect(await reportOf(kernel)).toBe('')
    await lateError
  })

  it('is made of failures that others took as inputs', async () => {
    await using kernel = await testKernel()
    const failed = failing(kernel)('root')
    const next = kernel.jsApp((text: string) => text)(failed)
    expect((await errorOf(next)).cause).toMatchObject({ message: 'root\nmore of it' })
    expect(await reportOf(kernel)).toBe('')
  })

  it('is made of failures that joins or promised files told of', async () => {
    await using kernel = await testKernel()
    const join = kernel.joinApp(() => [failing(kernel)('inner')])
    await errorOf(join())
    expect(await reportOf(kernel)).toBe('')
  })

  it('is made of failures awaited late, however many', async () => {
    await using kernel = await testKernel()
    const futures = Array.from({ length: 3_000 }, (_, n) => failing(kernel)(`number ${n}`))
    await eventually(() => futures.every(({ state }) => state === 'failed'))
    for (const future of futures) await future.settled()
    for (const future of futures) await future.settled()
    expect(await reportOf(kernel)).toBe('')
  })

  it('is made where all went well', async () => {
    await using kernel = await testKernel()
    await kernel.jsApp(() => 1)()
    expect(await reportOf(kernel)).toBe('')
  })
})
