import { afterEach, describe, expect, it } from 'vitest'
import {
  clear,
  type Config,
  type DataFlowKernel,
  dataFlowKernel,
  dfk,
  jsApp,
  load,
  task,
  waitForCurrentTasks,
} from '../../src/index.js'
import { errorOf, eventually, loadTestKernel, QUIET, scratch, testKernel, thrownBy } from '../fixture.js'

const number = jsApp(async (n: number) => n, { name: 'number' })
const never = jsApp(() => new Promise<number>(() => {}), { name: 'never' })

/** Settings for kernels that a test closes itself. */
const settings = async (config: Config = {}) => {
  const folder = await scratch()
  return {
    config: { ...QUIET, runDir: folder.path, ...config },
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  }
}

afterEach(() => void thrownBy(dfk))

describe('load()', () => {
  it('gives a kernel that apps use, until it is closed', async () => {
    await using given = await settings()
    const kernel = await load(given.config)
    expect(dfk()).toBe(kernel)
    expect(await number(1)).toBe(1)
    await kernel.close()
    expect(thrownBy(() => number(1))).toMatchObject({ code: 'PARSL_NO_KERNEL', details: { asked: 'app number' } })
  })

  it('is refused while a kernel is loaded, and that one goes on', async () => {
    await using kernel = await loadTestKernel()
    const error = await errorOf(load())
    expect(error).toMatchObject({
      name: 'AlreadyLoadedError',
      code: 'PARSL_ALREADY_LOADED',
      details: { runDir: kernel.runDir },
    })
    expect(await number(1)).toBe(1)
  })

  it('loads one of two that are asked for at once', async () => {
    await using given = await settings()
    const ends = await Promise.allSettled([load(given.config), load(given.config)])
    const kernels = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'PARSL_ALREADY_LOADED' }) },
    ])
    expect(kernels).toHaveLength(1)
    expect(dfk()).toBe(kernels[0])
    await kernels[0]?.close()
  })

  it('may be called again after close, with the same configuration', async () => {
    await using given = await settings()
    Object.freeze(given.config)
    const runDirs: string[] = []
    for (let round = 0; round < 3; round++) {
      const kernel = await load(given.config)
      runDirs.push(kernel.runDir)
      expect(await number(round)).toBe(round)
      await kernel.close()
    }
    expect(runDirs).toEqual(['000', '001', '002'].map((name) => `${given.config.runDir}/${name}`))
  })

  it('leaves nothing loaded where it fails', async () => {
    expect(await errorOf(load({ retries: -1 }))).toMatchObject({ code: 'PARSL_CONFIG' })
    expect(thrownBy(() => number(1))).toMatchObject({ code: 'PARSL_NO_KERNEL' })
  })
})

describe('load() with a block', () => {
  it('gives what the block returns, after every task', async () => {
    await using given = await settings()
    let ended = false
    const slow = jsApp(async () => {
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
      ended = true
    })
    const kernels: DataFlowKernel[] = []
    const value = await load(given.config, (kernel) => {
      kernels.push(kernel)
      void slow()
      return 'value'
    })
    expect([value, ended]).toEqual(['value', true])
    expect(kernels[0]?.taskStateCounts.execDone).toBe(1)
  })

  it('waits for tasks that tasks started', async () => {
    await using given = await settings()
    const ended: string[] = []
    const inner = jsApp(async () => void ended.push('inner'))
    const outer = jsApp(async () => {
      await new Promise(setImmediate)
      void inner().then(() => inner())
      ended.push('outer')
    })
    await load(given.config, () => void outer())
    expect(ended).toEqual(['outer', 'inner', 'inner'])
  })

  it('passes on what the block throws, and stops what has not ended', async () => {
    await using given = await settings()
    const thrown = new Error('in the block')
    const futures: ReturnType<typeof never>[] = []
    const loading = load(given.config, async () => {
      futures.push(never())
      await eventually(() => futures[0]?.state === 'running')
      throw thrown
    })
    expect(await errorOf(loading)).toBe(thrown)
    expect(await errorOf(futures[0] as never)).toMatchObject({
      code: 'PARSL_DATAFLOW_CANCELLED',
      message: 'task 0 (never) was cancelled: its kernel was closed',
    })
  })

  it('passes on what a block throws that is not async', async () => {
    await using given = await settings()
    const thrown = new Error('in the block')
    const block = (): number => {
      throw thrown
    }
    expect(await errorOf(load(given.config, block))).toBe(thrown)
  })

  it('stops tasks at its end where exitMode is cleanup', async () => {
    await using given = await settings({ exitMode: 'cleanup' })
    const future = await load(given.config, () => [never()])
    expect(await errorOf(future[0] as never)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
  })

  it('is refused where exitMode is skip, which contradicts it', async () => {
    await using given = await settings({ exitMode: 'skip' })
    expect(await errorOf(load(given.config, () => 1))).toMatchObject({ code: 'PARSL_CONFIG' })
  })
})

describe('the end of a scope', () => {
  it('waits for every task where exitMode is wait, as it is by default', async () => {
    for (const exitMode of [undefined, 'wait'] as const) {
      await using given = await settings(exitMode ? { exitMode } : {})
      const kernel = await dataFlowKernel(given.config)
      const gate = Promise.withResolvers<string>()
      const future = kernel.jsApp(() => gate.promise)()
      const disposing = kernel[Symbol.asyncDispose]()
      await eventually(() => future.state === 'running')
      gate.resolve('done')
      await disposing
      expect(await future).toBe('done')
    }
  })

  it('stops what has not ended where exitMode is cleanup', async () => {
    await using given = await settings({ exitMode: 'cleanup' })
    const kernel = await dataFlowKernel(given.config)
    const future = kernel.jsApp(() => new Promise<number>(() => {}))()
    await kernel[Symbol.asyncDispose]()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
  })

  it('leaves the kernel loaded where exitMode is skip', async () => {
    await using given = await settings({ exitMode: 'skip' })
    const kernel = await load(given.config)
    await kernel[Symbol.asyncDispose]()
    expect(dfk()).toBe(kernel)
    expect(await number(1)).toBe(1)
    await kernel.close()
  })
})

describe('clear()', () => {
  it('forgets the loaded kernel, which goes on, so that another may be loaded', async () => {
    await using given = await settings()
    const first = await load(given.config)
    clear()
    expect(thrownBy(dfk)).toMatchObject({ code: 'PARSL_NO_KERNEL', details: { asked: 'dfk()' } })
    const second = await load(given.config)
    expect(await first.jsApp(() => 'first')()).toBe('first')
    await first.close()
    expect(dfk()).toBe(second)
    await second.close()
  })

  it('does nothing where none is loaded', () => {
    expect(() => clear()).not.toThrow()
  })
})

describe('several kernels at once', () => {
  it('run their own apps, whichever is loaded', async () => {
    await using a = await testKernel()
    await using b = await testKernel()
    await using loaded = await loadTestKernel()
    const whose = (): string => `task ${task().id}`
    await Promise.all([a.jsApp(whose)(), a.jsApp(whose)(), b.jsApp(whose)(), number(1)])
    expect([a.taskCount, b.taskCount, loaded.taskCount]).toEqual([2, 1, 1])
    expect(await number.with({ kernel: b })(2)).toBe(2)
    expect(await jsApp(() => 3, { kernel: a })()).toBe(3)
    expect(await a.jsApp(() => 4).with({ kernel: b })()).toBe(4)
    expect([a.taskCount, b.taskCount, loaded.taskCount]).toEqual([3, 3, 1])
    expect(new Set([a.runId, b.runId, loaded.runId]).size).toBe(3)
  })

  it('take each others futures', async () => {
    await using a = await testKernel()
    await using b = await testKernel()
    const future = a.jsApp(async () => 1)()
    expect(await b.jsApp((n: number) => n + 1)(future)).toBe(2)
    expect(await b.joinApp(() => [a.jsApp(() => 5)()])()).toEqual([5])
    const failed = a.jsApp((): number => {
      throw new Error('root')
    })
    expect(await errorOf(b.jsApp((n: number) => n)(failed()))).toMatchObject({ cause: { message: 'root' } })
  })

  it('number their run directories apart, in one folder', async () => {
    await using given = await settings()
    const kernels = await Promise.all(Array.from({ length: 5 }, () => dataFlowKernel(given.config)))
    const names = kernels.map(({ runDir }) => runDir.slice(-3))
    expect(names.toSorted()).toEqual(['000', '001', '002', '003', '004'])
    await Promise.all(kernels.map((kernel) => kernel.close()))
  })
})

describe('waitForCurrentTasks()', () => {
  it('waits until the tasks of now have ended, well or not', async () => {
    await using _kernel = await loadTestKernel()
    const gate = Promise.withResolvers<number>()
    const first = jsApp(() => gate.promise)()
    const failing = jsApp((n: number) => Promise.reject(new Error(String(n))))(first)
    const waiting = waitForCurrentTasks()
    const later = never()
    gate.resolve(1)
    expect(await waiting).toBe(true)
    expect([first.state, failing.state]).toEqual(['execDone', 'failed'])
    expect(later.state).not.toBe('execDone')
    await failing.settled()
  })

  it('gives false where that took longer than its timeout', async () => {
    await using _kernel = await loadTestKernel()
    expect(await waitForCurrentTasks({ timeout: 0 })).toBe(true)
    void never()
    expect(await waitForCurrentTasks({ timeout: '1ms' })).toBe(false)
  })

  it('refuses a timeout that is none', async () => {
    await using _kernel = await loadTestKernel()
    expect(await errorOf(waitForCurrentTasks({ timeout: 'soon' }))).toMatchObject({ code: 'PARSL_CONFIG' })
  })

  it('needs a kernel', () => {
    expect(thrownBy(() => waitForCurrentTasks())).toMatchObject({ code: 'PARSL_NO_KERNEL' })
  })
})
