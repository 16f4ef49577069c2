import { errorOf, eventually, scratch } from '@parsl/testing'
import { vi } from 'vitest'
import {
  type Config,
  type DataFlowKernel,
  dataFlowKernel,
  inProcessExecutor,
  load,
  type ParslError,
} from '../src/index.js'

export { errorOf, eventually, scratch }

/** Quiet, without a long wait for bodies that never end; signals belong to the test runner. */
export const QUIET = {
  executors: [inProcessExecutor()],
  log: false,
  progress: false,
  handleSignals: false,
  killGrace: '10ms',
} as const satisfies Config

const inFolder = async (config: Config, start: (config: Config) => Promise<DataFlowKernel>) => {
  const folder = await scratch()
  const remove = async (): Promise<void> => folder[Symbol.asyncDispose]()
  const dispose = async (): Promise<void> => {
    await kernel.close()
    await remove()
  }
  const kernel = await start({ ...QUIET, runDir: folder.path, ...config }).catch(async (error: unknown) => {
    await remove()
    throw error
  })
  return Object.defineProperty(kernel, Symbol.asyncDispose, { value: dispose })
}

/**
 * A kernel beside whatever is loaded, in a folder of its own: `await using kernel = await testKernel()`, apps by `kernel.jsApp`. At the end of the scope
 * it is closed without waiting for its tasks, whatever `exitMode` says, and the folder removed.
 */
export const testKernel = (config: Config = {}): Promise<DataFlowKernel> => inFolder(config, dataFlowKernel)

/** The same, loaded until the end of the scope. One at a time. */
export const loadTestKernel = (config: Config = {}): Promise<DataFlowKernel> => inFolder(config, (all) => load(all))

/** What a call throws. */
export const thrownBy = (call: () => unknown): ParslError => {
  try {
    call()
  } catch (error) {
    return error as ParslError
  }
  throw new Error('expected the call to throw')
}

/** Something with a `then` that is no promise. */
export const thenable = <T>(then: (resolve: (value: T) => void, reject: (error: unknown) => void) => unknown) =>
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is for
  ({ then }) as PromiseLike<T>

/** A logger that remembers. */
export const logSpy = () => {
  type Method = (facts: object, message: string) => void
  return { debug: vi.fn<Method>(), info: vi.fn<Method>(), warn: vi.fn<Method>(), error: vi.fn<Method>() }
}
