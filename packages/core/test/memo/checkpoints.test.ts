import { appendFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '@parsl/testing'
import { basicMemoizer, type DataFlowKernel, explain, getAllCheckpoints, getLastCheckpoint } from '../../src/index.js'
import { startKernel } from '../../src/kernel/kernel.js'
import { errorOf, eventually, logSpy, QUIET } from '../fixture.js'
import { note, runsFolder } from './fixture.js'

class Point {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
  get twice(): number {
    return this.x * 2
  }
}

const doubling = (kernel: DataFlowKernel, journal: string) =>
  kernel.jsApp((n: number) => (note(journal, n), n * 2), { cache: true, name: 'doubled' })

const isWritten = (kernel: DataFlowKernel): Promise<boolean> =>
  stat(join(kernel.runDir, 'checkpoint', 'tasks.ckpt')).then(
    () => true,
    () => false,
  )

describe('results of one run', () => {
  it('are taken by the next, and by the one after that from the last checkpoint alone', async () => {
    await using runs = await runsFolder()
    const first = await runs.run({ checkpointMode: 'taskExit' })
    expect(await Promise.all([1, 2, 3].map((n) => doubling(first, runs.journal)(n)))).toEqual([2, 4, 6])
    await first.close()
    const second = await runs.run({ checkpointMode: 'taskExit' })
    const future = doubling(second, runs.journal)(2)
    expect(await future).toBe(4)
    expect(future.state).toBe('memoDone')
    await second.close()
    const base = join(runs.path, 'runinfo')
    expect(await getAllCheckpoints(base)).toHaveLength(2)
    const checkpointFiles = await getLastCheckpoint(base)
    const third = await runs.run({ checkpointMode: 'taskExit', checkpointFiles })
    expect(await Promise.all([2, 3].map((n) => doubling(third, runs.journal)(n)))).toEqual([4, 6])
    expect(runs.lines()).toEqual([1, 2, 3, 3])
  })

  it('are read without being written, where files are named and no mode is', async () => {
    await using runs = await runsFolder()
    const first = await runs.run({ checkpointMode: 'taskExit' })
    await doubling(first, runs.journal)(1)
    await first.close()
    const second = await runs.run({ checkpointFiles: [join(first.runDir, 'checkpoint')] })
    expect(await doubling(second, runs.journal)(1)).toBe(2)
    expect(runs.lines()).toEqual([1])
    expect(await isWritten(second)).toBe(false)
    const third = await runs.run()
    await doubling(third, runs.journal)(1)
    expect(runs.lines()).toEqual([1, 1])
  })

  it('may be instances of classes of the program, which they are again', async () => {
    await using runs = await runsFolder()
    const app = (kernel: DataFlowKernel, journal: string) =>
      kernel.jsApp((n: number) => (note(journal, n), { at: new Point(n) }), { cache: true })
    const first = await runs.run({ checkpointMode: 'taskExit' })
    await app(first, runs.journal)(4)
    await first.close()
    const { at } = await app(await runs.run({ checkpointMode: 'taskExit' }), runs.journal)(4)
    expect(runs.lines()).toHaveLength(1)
    expect(at).toBeInstanceOf(Point)
    expect(at.twice).toBe(8)
  })

  it('that hold a class which the app reaches no more are not taken, and it is said why', async () => {
    await using runs = await runsFolder()
    const make = (): unknown => new Point(1)
    const made = (kernel: DataFlowKernel, body: () => unknown) =>
      kernel.jsApp(body, { cache: true, version: 1, name: 'made' })
    const first = await runs.run({ checkpointMode: 'taskExit' })
    await made(first, make)()
    await first.close()
    const future = made(await runs.run({ checkpointMode: 'taskExit' }), () => 'plain')()
    expect(await future).toBe('plain')
    expect((await explain(future)).why).toContain('it holds an instance of class Point, which its app does not reach')
  })

  it('that cannot be kept are remembered in their run, and it is logged once', async () => {
    await using runs = await runsFolder()
    const log = logSpy()
    const kernel = await runs.run({ checkpointMode: 'taskExit' }, { log })
    const { journal } = runs
    const app = kernel.jsApp((n: number) => (note(journal, n), { n, weak: new WeakMap() }), {
      cache: true,
      name: 'held',
    })
    await Promise.all([app(1), app(2)])
    expect((await app(1)).n).toBe(1)
    expect(runs.lines()).toEqual([1, 2])
    const said = log.warn.mock.calls.filter(([, text]) => String(text).includes('cannot be written to the checkpoint'))
    expect(said.map(([facts]) => String((facts as { err?: Error }).err))).toEqual([
      expect.stringContaining('result of held › weak'),
    ])
  })
})

describe('a checkpoint', () => {
  it('holds a result before its future settles, in mode taskExit', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run({ checkpointMode: 'taskExit' })
    await doubling(kernel, runs.journal)(1)
    const other = await runs.run({ checkpointMode: 'taskExit' })
    await doubling(other, runs.journal)(1)
    expect(runs.lines()).toEqual([1])
  })

  it('is written when asked for, in mode manual', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run({ checkpointMode: 'manual' })
    const app = doubling(kernel, runs.journal)
    await Promise.all([app(1), app(2)])
    expect(await isWritten(kernel)).toBe(false)
    expect(await kernel.checkpoint()).toBe(2)
    expect(await kernel.checkpoint()).toBe(0)
    await app(3)
    expect(await kernel.checkpoint()).toBe(1)
    await kernel.close()
    const next = await runs.run({ checkpointMode: 'manual' })
    await Promise.all([1, 2, 3].map((n) => doubling(next, runs.journal)(n)))
    expect(runs.lines()).toHaveLength(3)
  })

  it.each(['manual', 'dfkExit'] as const)('is written when the kernel closes, in mode %s', async (checkpointMode) => {
    await using runs = await runsFolder()
    const kernel = await runs.run({ checkpointMode })
    await doubling(kernel, runs.journal)(1)
    expect(await isWritten(kernel)).toBe(false)
    await kernel.close()
    expect(await isWritten(kernel)).toBe(true)
  })

  it('is written again and again, in mode periodic', async () => {
    await using runs = await runsFolder()
    const clock = fakeClock()
    const memoizer = basicMemoizer({ checkpointMode: 'periodic', checkpointPeriod: '30s' })
    const kernel = await startKernel({ ...QUIET, runDir: join(runs.path, 'runinfo'), memoizer }, clock)
    await doubling(kernel, runs.journal)(1)
    expect(await isWritten(kernel)).toBe(false)
    clock.advance(30_000)
    await eventually(() => isWritten(kernel))
    await kernel.close()
  })

  it('has what need not be in memory as well: a later call takes it from there, and each call a copy of its own', async () => {
    await using runs = await runsFolder()
    const { journal } = runs
    for (const checkpointMode of ['taskExit', 'manual'] as const) {
      const kernel = await runs.run({ checkpointMode })
      const app = kernel.jsApp((n: number) => (note(journal, n), Array.from({ length: 1_000 }, (_, at) => at * n)), {
        cache: true,
      })
      const first = await app(2)
      await kernel.checkpoint()
      const [second, third] = await Promise.all([app(2), app(2)])
      expect([second, third]).toEqual([first, first])
      expect(second).not.toBe(third)
      await kernel.close()
    }
    expect(runs.lines()).toHaveLength(1)
  })

  it('that was damaged under the program has its calls run again', async () => {
    await using runs = await runsFolder()
    const { journal } = runs
    const kernel = await runs.run({ checkpointMode: 'taskExit' })
    const app = kernel.jsApp((n: number) => (note(journal, n), 'x'.repeat(1_000) + n), { cache: true })
    const wrapped = kernel.jsApp((n: number) => (note(journal, n), [`${'x'.repeat(1_000)}${n}`]), { cache: true })
    await Promise.all([app(1), wrapped(1)])
    await writeFile(join(kernel.runDir, 'checkpoint', 'tasks.ckpt'), 'nothing')
    const again = wrapped(1)
    expect(await again).toEqual([`${'x'.repeat(1_000)}1`])
    expect(again.state).toBe('execDone')
    expect((await explain(again)).why).toContain('could not be read')
  })

  it('takes results of the moment, whatever becomes of them before they are written', async () => {
    await using runs = await runsFolder()
    const app = (kernel: DataFlowKernel) => kernel.jsApp((): number[] => [1], { cache: true })
    const first = await runs.run({ checkpointMode: 'dfkExit' })
    ;(await app(first)()).push(2)
    await first.close()
    expect(await app(await runs.run({ checkpointMode: 'dfkExit' }))()).toEqual([1])
  })

  it('that is named and not there fails the load', async () => {
    await using runs = await runsFolder()
    const error = await errorOf(runs.run({ checkpointFiles: [join(runs.path, 'nowhere')] }))
    expect(error).toMatchObject({ code: 'PARSL_CHECKPOINT' })
    expect(error.message).toContain('nowhere')
  })

  it('with a torn end is taken but for that, and it is logged', async () => {
    await using runs = await runsFolder()
    const first = await runs.run({ checkpointMode: 'taskExit' })
    await doubling(first, runs.journal)(1)
    await first.close()
    await appendFile(join(first.runDir, 'checkpoint', 'tasks.ckpt'), 'torn')
    const log = logSpy()
    const second = await runs.run({ checkpointMode: 'taskExit' }, { log })
    expect(await doubling(second, runs.journal)(1)).toBe(2)
    expect(runs.lines()).toEqual([1])
    expect(log.warn).toHaveBeenCalledWith({ problem: expect.stringContaining('tasks.ckpt') }, expect.any(String))
  })

  it('is not made where nothing is to be kept, and that is logged', async () => {
    await using runs = await runsFolder()
    const log = logSpy()
    const kernel = await runs.run({ checkpointMode: 'taskExit' }, { log })
    await kernel.jsApp(() => 1)()
    await kernel.close()
    expect(await readdir(kernel.runDir)).not.toContain('checkpoint')
    expect(log.warn).toHaveBeenCalledWith({ mode: 'taskExit' }, expect.stringContaining('nothing was written'))
  })

  it('is none without a mode, and asking for one says so', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    await doubling(kernel, runs.journal)(1)
    expect((await errorOf(kernel.checkpoint())).message).toContain("basicMemoizer({ checkpointMode: 'manual' })")
    await kernel.close()
    expect(await readdir(kernel.runDir)).not.toContain('checkpoint')
  })
})
