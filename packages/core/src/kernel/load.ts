import { ConfigurationError, type Duration } from '@parsl/interfaces'
import type { Config } from '../config/config.js'
import { bareConfig, tellIfUnused } from '../config/from-file.js'
import { dataFlowKernel, type DataFlowKernel } from './kernel.js'
import { forgetKernel, refuseIfLoaded, rememberKernel, requireKernel, staysWithKernel } from './loaded.js'

type Block<T> = (parsl: DataFlowKernel) => T | Promise<T>

/**
 * Starts a kernel and makes it the loaded one, which apps use. Close it, or let the block form do so.
 * @throws AlreadyLoadedError `PARSL_ALREADY_LOADED`, ConfigurationError `PARSL_CONFIG`, RunDirError `PARSL_RUN_DIR`
 */
const loadKernel = async (config: Config): Promise<DataFlowKernel> => {
  refuseIfLoaded()
  const kernel = await dataFlowKernel(config)
  try {
    refuseIfLoaded()
  } catch (error) {
    await kernel.close()
    throw error
  }
  rememberKernel(kernel)
  return kernel
}

/** Runs the block with a kernel loaded; then waits for every task, or, where the block throws, stops what has not ended. */
const loadFor = async <T>(config: Config, block: Block<T>): Promise<T> => {
  const { exitMode = 'wait' } = config
  if (exitMode === 'skip')
    throw new ConfigurationError([
      "config.exitMode 'skip' leaves the kernel loaded, and load(config, block) is to close it: leave out one of them",
    ])
  const kernel = await loadKernel(config)
  try {
    const result = await block(kernel)
    await kernel.close({ wait: exitMode === 'wait' })
    return result
  } finally {
    await kernel.close()
  }
}

/** `load` in its forms. */
export interface Load {
  /**
   * Starts a kernel on this configuration (without one: on that of the file that `PARSL_CONFIG` names, else on this machine) and makes it the loaded one.
   * `await using parsl = await load(config)` closes it at the end of the scope (Node 24 and later); else call `close()`. A program that ends leaves nothing
   * behind either way.
   * @throws AlreadyLoadedError, ConfigurationError, RunDirError
   */
  (config?: Config): Promise<DataFlowKernel>
  /** Starts a kernel for the time of the block, on the configuration of the file that `PARSL_CONFIG` names, else on this machine. */
  <T>(block: Block<T>): Promise<T>
  /** Starts a kernel for the time of the block: waits for every task when it ends, stops what has not ended when it throws. */
  <T>(config: Config, block: Block<T>): Promise<T>
}

export const load: Load = (async <T>(
  configOrBlock?: Config | Block<T>,
  block?: Block<T>,
): Promise<DataFlowKernel | T> => {
  const [given, body] = typeof configOrBlock === 'function' ? [undefined, configOrBlock] : [configOrBlock, block]
  if (given !== undefined) tellIfUnused()
  const config = given === undefined ? await bareConfig() : given
  return body ? loadFor(config, body) : loadKernel(config)
}) as Load

/**
 * The loaded kernel.
 * @throws NoDataFlowKernelError `PARSL_NO_KERNEL`
 */
export const dfk = (): DataFlowKernel => requireKernel('dfk()') as DataFlowKernel

/** Forgets the loaded kernel without closing it, so that another can be loaded. */
export const clear = (): void => forgetKernel()

/**
 * Waits until every task that the loaded kernel has now has ended, well or not; with a `timeout`, gives `false` where that took longer.
 * @throws NoDataFlowKernelError `PARSL_NO_KERNEL`
 */
export const waitForCurrentTasks = (options: { readonly timeout?: Duration } = {}): Promise<boolean> =>
  dfk().waitForCurrentTasks(options)

for (const value of [load, dfk, clear, waitForCurrentTasks]) staysWithKernel(value)
