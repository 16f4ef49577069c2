import type { FromWorker, ToWorker } from '../messages.js'
import type { WorkerSettings } from '../settings.js'

/** A worker's way to its pool. */
export interface WorkerPort {
  /** Whether the pool has the worker's own memory: buffers of results go there as they are. */
  readonly sharesMemory: boolean
  post(message: FromWorker): void
  /** Whether a try may begin: not where it was taken back. */
  claim(slot: number, id: number): boolean
  /** Nothing is left to do: the next message is expected soon. */
  idle(): void
  /** Whether messages that may come keep the worker alive. */
  hold(held: boolean): void
}

/** A port, what the worker was told at its start, and how it hears its pool. */
export interface OpenedPort {
  readonly port: WorkerPort
  readonly settings: WorkerSettings
  listen(receive: (messages: readonly ToWorker[]) => void): void
}
