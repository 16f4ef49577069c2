import { availableParallelism } from 'node:os'
import { type Executor, staysAsConfiguration } from '@parsl/interfaces'
import { threads } from '@parsl/worker'
import { localExecutor } from './local-executor.js'
import { type LocalOptions, settingsOf } from './options.js'

/** Options of {@link threadPoolExecutor}. */
export interface ThreadPoolOptions extends LocalOptions {
  /** Threads at most; each runs one task at a time. @defaultValue the machine's cores */
  readonly maxThreads?: number
  /** Threads that are started before there is work for them. @defaultValue 1 */
  readonly minThreads?: number
}

/**
 * Runs each task in a thread of this program: parallel, with a heap of its own, and quick to start. A body that does not stop is ended with its thread.
 * Two things a thread cannot promise: native code that blocks (a synchronous child process, key derivation) goes on after its task was failed and its
 * thread written off, and native code that crashes takes the program along. Where that may happen use {@link processPoolExecutor}.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const threadPoolExecutor = (options: ThreadPoolOptions = {}): Executor => {
  const settings = settingsOf(
    options,
    { factory: 'threadPoolExecutor', most: 'maxThreads', least: 'minThreads' },
    { label: 'threads', most: availableParallelism(), least: 1 },
  )
  return localExecutor('thread', { ...settings, sharesMemory: true, workerName: 'thread', open: threads })
}

staysAsConfiguration(threadPoolExecutor)
