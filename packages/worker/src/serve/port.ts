import type { FromWorker, ToWorker } from '../messages.js'

/** A worker's way to its pool. */
export interface WorkerPort {
  post(message: FromWorker): void
  /** Whether a try may begin: not where it was taken back. */
  claim(slot: number | undefined, id: number): boolean
  /** What comes within a moment, waited for without the event loop, which would take longer to wake up. */
  linger?(): readonly ToWorker[] | undefined
  /** Whether messages that may come keep the worker alive. */
  hold(held: boolean): void
}
