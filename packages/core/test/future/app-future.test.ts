import { describe, expect, it } from 'vitest'
import { type DataFlowKernel } from '../../src/index.js'
import { errorOf, testKernel, thenable } from '../fixture.js'

const appsOf = (kernel: DataFlowKernel) => ({
  number: kernel.jsApp(async (n: number) => n, { name: 'number' }),
  fail: kernel.jsApp(async (what: string): Promise<number> => Promise.reject(new Error(what)), { name: 'fail' }),
  never: kernel.jsApp(() => new Promise<number>(() => {}), { name: 'never' }),
})

describe('a future', () => {
  it('serves wherever a promise does', async () => {
    await using kernel = await testKernel()
    const { number, fail, never } = appsOf(kernel)
    expect(await Promise.all([number(1), number(2), number(3)])).toEqual([1, 2, 3])
    expect(await Promise.race([never(), number(4)])).toBe(4)
    expect(await Promise.any([fail('x'), number(5)])).toBe(5)
    expect(await Promise.allSettled([number(6), fail('y')])).toEqual([
      { status: 'fulfilled', value: 6 },
      { status: 'rejected', reason: expect.objectContaining({ message: 'y' }) },
    ])
    expect(await Promise.resolve(number(7))).toBe(7)
    expect(await new Promise((resolve) => resolve(number(8)))).toBe(8)
  })

  it('has then, catch and finally of a promise, which give native promises', async () => {
    await using kernel = await testKernel()
    const { number, fail } = appsOf(kernel)
    const seen: string[] = []
    expect(number(1).then((n) => n + 1)).toBeInstanceOf(Promise)
    expect(await number(1).then((n) => n + 1)).toBe(2)
    expect(await fail('x').catch((error: unknown) => (error as Error).message)).toBe('x')
    expect(await number(3).finally(() => void seen.push('value'))).toBe(3)
    expect(await errorOf(fail('y').finally(() => void seen.push('error')))).toMatchObject({ message: 'y' })
    expect(seen).toEqual(['value', 'error'])
  })

  it('gives the same outcome however often and late it is awaited', async () => {
    await using kernel = await testKernel()
    const make = kernel.jsApp(() => ({}))
    const { fail } = appsOf(kernel)
    const [made, failed] = [make(), fail('x')]
    expect(await made).toBe(await made)
    const error = await errorOf(failed)
    await kernel.close()
    expect(await made).toBe(await made)
    expect(await errorOf(failed)).toBe(error)
  })

  it('tells by settled() how it ended, and never rejects by it', async () => {
    await using kernel = await testKernel()
    const { number, fail } = appsOf(kernel)
    expect(await number(1).settled()).toEqual({ ok: true, value: 1 })
    expect(await fail('x').settled()).toEqual({ ok: false, error: expect.objectContaining({ message: 'x' }) })
    const future = fail('x')
    await future.settled()
    expect(await future.settled()).toMatchObject({ ok: false })
  })

  it('is numbered in the order of calls, whichever ends first', async () => {
    await using kernel = await testKernel()
    const { number, never } = appsOf(kernel)
    expect([never().taskId, number(1).taskId, number(2).taskId]).toEqual([0, 1, 2])
    expect(kernel.taskCount).toBe(3)
  })

  it('shows what it is', async () => {
    await using kernel = await testKernel()
    const future = appsOf(kernel).number(1)
    expect(Object.prototype.toString.call(future)).toBe('[object AppFuture]')
    expect(Symbol.for('parsl.future') in future).toBe(true)
    expect(future).not.toBeInstanceOf(Promise)
  })

  it('gives a value that has a then of its own only when that has settled', async () => {
    await using kernel = await testKernel()
    const nested = kernel.jsApp(() => Promise.resolve(Promise.resolve(7)))
    expect(await nested()).toBe(7)
    const ofFuture = kernel.jsApp(() => appsOf(kernel).number(8))
    expect(await ofFuture()).toBe(8)
    const ofThenable = kernel.jsApp(() => thenable<number>((resolve) => resolve(9)))
    expect(await ofThenable()).toBe(9)
  })

  it('has no outputs and no streams where the app has none', async () => {
    await using kernel = await testKernel()
    const future = appsOf(kernel).number(1)
    expect([future.outputs, future.stdout, future.stderr]).toEqual([[], undefined, undefined])
  })
})

describe('get()', () => {
  it('gives a future of a property or an element', async () => {
    await using kernel = await testKernel()
    const make = kernel.jsApp(() => ({ list: [1, 2, 3], name: 'n', deep: { er: true } }))
    const made = make()
    const list = made.get('list')
    expect(await list).toEqual([1, 2, 3])
    expect(await list.get(1)).toBe(2)
    expect(await list.get('length')).toBe(3)
    expect(await made.get('deep').get('er')).toBe(true)
    expect(await made.get('name').get(0)).toBe('n')
  })

  it('gives what getters and symbols give', async () => {
    class Point {
      readonly #x = 3
      get x(): number {
        return this.#x
      }
      readonly [Symbol.toStringTag] = 'Point'
    }
    await using kernel = await testKernel()
    const point = kernel.jsApp(() => new Point())()
    expect(await point.get('x')).toBe(3)
    expect(await point.get(Symbol.toStringTag)).toBe('Point')
  })

  it('gives undefined where there is no such property', async () => {
    await using kernel = await testKernel()
    const made = kernel.jsApp((): { readonly here?: number } => ({}))()
    expect(await made.get('here')).toBeUndefined()
  })

  it('fails on nothing as JavaScript does', async () => {
    await using kernel = await testKernel()
    const nothing = kernel.jsApp((): { readonly here: number } => null as never)()
    expect(await errorOf(nothing.get('here'))).toBeInstanceOf(TypeError)
  })

  it('fails where its future fails, with the root as cause', async () => {
    await using kernel = await testKernel()
    const fail = kernel.jsApp((): { readonly a: number } => {
      throw new Error('root')
    })
    const failed = fail()
    const picked = failed.get('a')
    expect(await errorOf(picked)).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: { message: 'root' } })
    expect(picked.state).toBe('depFail')
  })

  it('may be an argument at once', async () => {
    await using kernel = await testKernel()
    const pair = kernel.jsApp(async () => [2, 3] as const)
    const add = kernel.jsApp((a: number, b: number) => a + b)
    const made = pair()
    expect(await add(made.get(0), made.get(1))).toBe(5)
  })

  it('needs no room on an executor', async () => {
    const { inProcessExecutor } = await import('../../src/index.js')
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const made = kernel.jsApp(() => ({ a: 1 }))()
    await made
    void appsOf(kernel).never()
    expect(await made.get('a')).toBe(1)
  })
})
