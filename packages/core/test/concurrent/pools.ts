import { scratch } from '@parsl/testing'
import type { Config, DataFlowKernel } from '../../src/index.js'
import { type ParslPoolExecutor, parslPoolExecutor } from '../../src/concurrent/index.js'
import { QUIET } from '../fixture.js'

/** A pool with a kernel of its own, in a folder of its own, that is gone at the end of the scope. */
export const ownPool = async (config: Config = {}): Promise<ParslPoolExecutor> => {
  const folder = await scratch()
  const pool = await parslPoolExecutor({ config: { ...QUIET, runDir: folder.path, ...config } })
  const dispose = async (): Promise<void> => {
    await pool.dfk.close()
    await folder[Symbol.asyncDispose]()
  }
  return Object.defineProperty(pool, Symbol.asyncDispose, { value: dispose })
}

/** A function whose calls end when the test says so, and the arguments of those that have started. */
export const gated = () => {
  const gates: PromiseWithResolvers<void>[] = []
  const started: number[] = []
  const gate = (n: number): PromiseWithResolvers<void> => (gates[n] ??= Promise.withResolvers())
  const fn = async (n: number): Promise<number> => {
    started.push(n)
    await gate(n).promise
    return n * 10
  }
  return { fn, started, open: (n: number) => gate(n).resolve() }
}

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** What a loop gave before it failed, and with what. */
export const untilFailure = async <T>(items: AsyncIterable<T>): Promise<{ seen: T[]; error: unknown }> => {
  const seen: T[] = []
  try {
    for await (const item of items) seen.push(item)
  } catch (error) {
    return { seen, error }
  }
  throw new Error('expected the loop to throw')
}

export const poolOn = (dfk: DataFlowKernel, executors?: readonly string[]): Promise<ParslPoolExecutor> =>
  parslPoolExecutor({ dfk, ...(executors && { executors }) })
