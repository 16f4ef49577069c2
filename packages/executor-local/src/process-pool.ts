import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Executor, staysAsConfiguration } from '@parsl/interfaces'
import { processes } from '@parsl/worker'
import { localExecutor } from './local-executor.js'
import { type LocalOptions, settingsOf } from './options.js'

/** Options of {@link processPoolExecutor}. */
export interface ProcessPoolOptions extends LocalOptions {
  /** Processes at most; each runs one task at a time. @defaultValue the machine's cores */
  readonly maxProcesses?: number
  /** Processes that are started before there is work for them. @defaultValue 1 */
  readonly minProcesses?: number
}

/**
 * Runs each task in a process of its own kind on this machine: whatever a body does, the program goes on, and what does not stop is killed.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const processPoolExecutor = (options: ProcessPoolOptions = {}): Executor => {
  const settings = settingsOf(
    options,
    { factory: 'processPoolExecutor', most: 'maxProcesses', least: 'minProcesses' },
    { label: 'processes', most: availableParallelism(), least: 1 },
  )
  return localExecutor('process', {
    ...settings,
    sharesMemory: false,
    workerName: 'worker',
    open: (setup, { dir }) => processes({ ...setup, reportDir: join(dir, 'reports') }),
  })
}

staysAsConfiguration(processPoolExecutor)
