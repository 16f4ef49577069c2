import { writeFile } from 'node:fs/promises'
// The built package: to the sources it is another copy, as where two versions are installed.
import * as copy from '@parsl/core'
import { describe, expect, it } from 'vitest'
import * as source from '../../src/index.js'
import { errorOf, loadTestKernel, scratch, testKernel, thrownBy } from '../fixture.js'

describe('another copy of the package in the same program', () => {
  it('is another one, or these tests would show nothing', () => {
    expect(copy.jsApp).not.toBe(source.jsApp)
  })

  it('sees the kernel that this one loaded', async () => {
    await using kernel = await loadTestKernel()
    expect(copy.dfk()).toBe(kernel)
    expect(await copy.jsApp((n: number) => n + 1)(1)).toBe(2)
    expect(kernel.taskCount).toBe(1)
    expect(await errorOf(copy.load())).toMatchObject({ code: 'PARSL_ALREADY_LOADED' })
    copy.clear()
    expect(thrownBy(source.dfk)).toMatchObject({ code: 'PARSL_NO_KERNEL' })
  })

  it('makes futures that apps of this one wait for', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    const other = await copy.dataFlowKernel({ runDir: folder.path, log: false, handleSignals: false })
    const number = other.jsApp(async (n: number) => n)
    const fail = other.jsApp(async (): Promise<number> => Promise.reject(new Error('root')))
    const sum = kernel.jsApp((numbers: number[]) => numbers.reduce((a, b) => a + b))
    expect(await sum([number(1), kernel.jsApp(() => 2)(), number(3)])).toBe(6)
    expect(await kernel.joinApp(() => ({ deep: [number(4)] }))()).toEqual({ deep: [4] })
    expect(await errorOf(sum([fail()]))).toMatchObject({
      code: 'PARSL_DATAFLOW_DEPENDENCY',
      cause: { message: 'root' },
    })
    expect((await other.close()).unawaited).toEqual([])
  })

  it('makes errors that this one knows, and the other way round', async () => {
    await using kernel = await testKernel()
    const theirs = await errorOf(kernel.jsApp(() => copy.sh`${undefined}`)())
    expect(source.isParslError(theirs, 'PARSL_APP')).toBe(true)
    const ours = await errorOf(kernel.jsApp(() => source.sh`${undefined}`)())
    expect(copy.isParslError(ours, 'PARSL_APP_BAD_FORMATTING')).toBe(true)
    expect(copy.evidenceOf(ours)).toMatchObject({ taskId: 1 })
  })

  it('makes files, outputs and commands that this one takes', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    await writeFile(`${folder.path}/in`, 'text')
    const pass = kernel.bashApp((from: source.DataFile, to: source.DataFile) => copy.sh`cat ${from} > ${to}`)
    const future = pass(copy.file(`${folder.path}/in`), copy.output(`${folder.path}/out`))
    expect((await future.outputs[0]).path).toBe(`${folder.path}/out`)
  })

  it('knows the task whose body runs', async () => {
    await using kernel = await testKernel()
    expect(await kernel.jsApp(() => [copy.task().id, source.task().id])()).toEqual([0, 0])
  })
})

describe('values of another realm', () => {
  it('are looked into where they are plain: arrays, objects, maps and sets', async () => {
    const { runInNewContext } = await import('node:vm')
    await using kernel = await testKernel()
    const number = kernel.jsApp(async (n: number) => n)
    const make = runInNewContext(
      '(a, b, c, d) => ({ list: [a], deep: { er: b }, map: new Map([["k", c]]), set: new Set([d]) })',
    ) as (...values: unknown[]) => unknown
    const seen = (await kernel.jsApp((value: unknown) => value)(make(number(1), number(2), number(3), number(4)))) as {
      list: number[]
      deep: { er: number }
      map: Map<string, number>
      set: Set<number>
    }
    expect([[...seen.list], seen.deep.er, seen.map.get('k'), [...seen.set]]).toEqual([[1], 2, 3, [4]])
  })

  it('are waited for where they are promises', async () => {
    const { runInNewContext } = await import('node:vm')
    await using kernel = await testKernel()
    const promise = runInNewContext('Promise.resolve(5)') as Promise<number>
    expect(await kernel.jsApp((n: number) => n)(promise)).toBe(5)
  })
})
