import type { FromWorker } from '../messages.js'

/** A worker's way to its pool. */
export interface WorkerPort {
  post(message: FromWorker): void
  /** Whether a try may begin: not where it was taken back. */
  claim(slot: number | undefined, id: number): boolean
  /** Whether messages that may come keep the worker alive. */
  hold(held: boolean): void
}
