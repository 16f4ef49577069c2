import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AppFuture, dataFlowKernel, task } from '@parsl/core'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import { errorOf, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'

const executors = {
  threads: (workers: number) => threadPoolExecutor({ maxThreads: workers, minThreads: workers }),
  processes: (workers: number) => processPoolExecutor({ maxProcesses: workers, minProcesses: workers }),
}

/** Blocks until a file is there, or ends its worker; else notes that it ran and gives the number of its try. */
const body = (what: { readonly until?: string; readonly isDeadly?: boolean; readonly mark?: string }): number => {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  while (what.until !== undefined && !existsSync(what.until)) Atomics.wait(cell, 0, 0, 5)
  if (what.isDeadly === true) process.exit(9)
  if (what.mark !== undefined) writeFileSync(what.mark, '')
  return task().attempt
}

/** A kernel with workers of one kind, an app known to be short, and a folder. */
const start = async (kind: keyof typeof executors, workers: number) => {
  const folder = await scratch()
  const parsl = await dataFlowKernel({ executors: [executors[kind](workers)], runDir: folder.path, progress: false })
  const app = parsl.jsApp(body)
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 100 }, () => app({})))
  return {
    app,
    at: (name: string) => join(folder.path, name),
    [Symbol.asyncDispose]: async () => {
      await parsl.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const COUNT = 20

describe.each(['threads', 'processes'] as const)(
  'tries that were sent to %s ahead of a body that takes long',
  (kind) => {
    it('go to another worker that has nothing to do', async () => {
      await using pool = await start(kind, 2)
      const long = pool.app({ until: pool.at('go') })
      const others = Array.from({ length: COUNT }, () => pool.app({}))
      expect(await Promise.all(others)).toEqual(others.map(() => 0))
      writeFileSync(pool.at('go'), '')
      expect(await long).toBe(0)
    })

    it('do not run when they are cancelled, and the others run once', async () => {
      await using pool = await start(kind, 1)
      const long = pool.app({ until: pool.at('go') })
      const others: AppFuture<number>[] = Array.from({ length: COUNT }, (_, index) =>
        pool.app({ mark: pool.at(`ran-${index}`) }),
      )
      const [cancelled] = others.splice(7, 1) as [AppFuture<number>]
      await new Promise(setImmediate)
      cancelled.cancel('enough')
      expect(await errorOf(cancelled)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
      expect(existsSync(pool.at('ran-8'))).toBe(false)
      writeFileSync(pool.at('go'), '')
      expect(await Promise.all([long, ...others])).toEqual(Array.from({ length: COUNT }, () => 0))
      expect(existsSync(pool.at('ran-7'))).toBe(false)
      expect(existsSync(pool.at('ran-8'))).toBe(true)
    })

    it('run in the next worker at their first try when the body ends its own', async () => {
      await using pool = await start(kind, 1)
      const deadly = pool.app({ until: pool.at('go'), isDeadly: true })
      const others = Array.from({ length: COUNT }, () => pool.app({}))
      await new Promise(setImmediate)
      writeFileSync(pool.at('go'), '')
      expect(await errorOf(deadly)).toBeInstanceOf(Error)
      expect(await Promise.all(others)).toEqual(others.map(() => 0))
    })
  },
)

describe.each(['threads', 'processes'] as const)('a body in %s that is stopped as it begins', (kind) => {
  it('hears of it, however early that is', { timeout: 60_000 }, async () => {
    const folder = await scratch()
    const parsl = await dataFlowKernel({
      executors: [executors[kind](2)],
      runDir: folder.path,
      progress: false,
      // Where the news were lost, only this would end the body.
      killGrace: '50s',
    })
    const untilStopped = parsl.jsApp(async () => {
      const { signal } = task()
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    })
    for (let round = 0; round < 100; round++) {
      const futures = [untilStopped(), untilStopped()]
      while (!futures.every(({ state }) => state === 'running')) await new Promise(setImmediate)
      for (const future of futures) future.cancel('at once')
      const ends = await Promise.all(futures.map((future) => errorOf(future)))
      expect(ends.map(({ name }) => name)).toEqual(['TaskCancelled', 'TaskCancelled'])
    }
    await parsl.close()
    await folder[Symbol.asyncDispose]()
  })
})
