import type { BlockLimits, ExecutorContext, JobStatus, Provider } from '@parsl/interfaces'
import type { BlockErrorHandler } from './error-handlers.js'
import type { BlockLoads } from './state.js'

/** What an executor tells its blocks, and how it hears of them. */
export interface BlocksSetup {
  readonly label: string
  readonly provider: Provider
  readonly limits: BlockLimits
  /** @defaultValue the simple one */
  readonly blockErrorHandler?: boolean | BlockErrorHandler | undefined
  readonly context: Pick<ExecutorContext, 'runId' | 'dir' | 'clock' | 'log' | 'guardian' | 'sinks'>
  /** Environment of every block; never written into a file or a log. */
  readonly env?: Readonly<Record<string, string>>
  /** The command of one worker pool of the block; the provider's launcher is applied to it. */
  commandFor(block: string): string
  /** Workers that one block brings, as far as known before it starts. */
  workersPerBlock(): number
  /** Tasks and idle time of each block that has workers connected. */
  load(): BlockLoads
  /** Gives these blocks nothing more; resolves when they have finished what they have. */
  drain(blocks: readonly string[]): Promise<void>
  /** A block has ended: its workers are gone, or never come. */
  onGone(block: string, status: JobStatus): void
  /** The error handler gave the executor up. Its blocks are being ended. */
  onBroken(error: Error): void
  /** From 0 to 1, for what must not happen in step. @defaultValue Math.random */
  readonly random?: () => number
  /** How long `close` waits for blocks to be gone. @defaultValue two status periods and 10 seconds */
  readonly closeMs?: number
  /** How long the provider may take for one submission or cancellation. @defaultValue 120000 */
  readonly callMs?: number
}
