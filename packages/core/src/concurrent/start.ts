import { type Clock, didYouMean, systemClock, UnknownExecutor } from '@parsl/interfaces'
import { type DataFlowKernel, startKernel } from '../kernel/kernel.js'
import { loadedKernel, rememberKernel, staysWithKernel } from '../kernel/loaded.js'
import { checkPoolOptions, type PoolOptions } from './options.js'
import { ParslPoolExecutor } from './pool.js'

const refuseUnknown = (kernel: DataFlowKernel, labels: PoolOptions['executors']): void => {
  const known = [...kernel.executors.keys()]
  for (const label of labels === undefined || labels === 'all' ? [] : labels)
    if (!known.includes(label)) throw new UnknownExecutor(label, known, didYouMean(label, known))
}

const ownKernel = async (options: PoolOptions, clock: Clock): Promise<DataFlowKernel> => {
  const kernel = await startKernel(options.config ?? {}, clock)
  try {
    refuseUnknown(kernel, options.executors)
  } catch (error) {
    await kernel.close()
    throw error
  }
  // Apps that are called meanwhile have a kernel; one that was loaded before stays theirs.
  if (!loadedKernel()) rememberKernel(kernel)
  return kernel
}

/** `parslPoolExecutor`, with time from where a test takes it. */
export const startPool = async (options: PoolOptions, clock: Clock): Promise<ParslPoolExecutor> => {
  checkPoolOptions(options)
  const { dfk, executors = 'all' } = options
  if (dfk) refuseUnknown(dfk, executors)
  const kernel = dfk ?? (await ownKernel(options, clock))
  return new ParslPoolExecutor({ kernel, owned: dfk === undefined, executors, clock })
}

/** `parslPoolExecutor` in its forms. */
export interface ParslPool {
  /**
   * Makes a pool. `await using pool = await parslPoolExecutor({ config })` shuts it down at the end of the scope (Node 24 and later); else call
   * `shutdown()`.
   * @throws ConfigurationError, UnknownExecutor, RunDirError, and what an executor's start throws
   */
  (options: PoolOptions): Promise<ParslPoolExecutor>
  /** Makes a pool for the time of the block: waits for what was submitted when it ends, stops it when it throws. */
  <T>(options: PoolOptions, block: (pool: ParslPoolExecutor) => T | Promise<T>): Promise<T>
}

const runBlock = async <T>(options: PoolOptions, block: (pool: ParslPoolExecutor) => T | Promise<T>): Promise<T> => {
  const pool = await startPool(options, systemClock)
  try {
    const result = await block(pool)
    await pool.shutdown()
    return result
  } catch (error) {
    await pool.abort()
    throw error
  }
}

/**
 * Makes a pool with a kernel of its own (`{ config }`), or on one that runs (`{ dfk }`), perhaps on some of its executors only (`{ executors: ['gpu'] }`):
 * Parsl's `ParslPoolExecutor`. A kernel of its own becomes the loaded one where none is.
 */
export const parslPoolExecutor: ParslPool = (<T>(
  options: PoolOptions,
  block?: (pool: ParslPoolExecutor) => T | Promise<T>,
): Promise<ParslPoolExecutor | T> => (block ? runBlock(options, block) : startPool(options, systemClock))) as ParslPool

staysWithKernel(parslPoolExecutor)
