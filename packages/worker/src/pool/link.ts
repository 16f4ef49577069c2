import type { Guardian } from '@parsl/interfaces'
import type { FromWorker, RunMessage, ToWorker } from '../messages.js'
import type { WorkerSettings } from '../settings.js'

/** How a worker ended. */
export interface WorkerEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** Its heap was full. */
  readonly outOfMemory: boolean
  /** What else is known: the error that ended it. */
  readonly evidence: string
}

/** What a worker tells. */
export interface LinkEvents {
  message(message: FromWorker): void
  /** Said once, after the last message. */
  gone(end: WorkerEnd): void
}

/** What is sent, tries as yet without what they are claimed by. */
export type ToSend = Exclude<ToWorker, RunMessage> | Omit<RunMessage, 'slot'>

/** One worker, a thread or a process, as its pool reaches it. */
export interface WorkerLink {
  /** For people. */
  readonly name: string
  send(messages: readonly ToSend[]): void
  /** Takes back tries that were sent, and gives those of them that had not begun. */
  takeBack(ids: readonly number[]): readonly number[]
  /** It ends when it has done what it has. */
  end(): void
  /** It ends now, whatever it does. */
  kill(): void
  /** Whether the program waits for it. */
  hold(held: boolean): void
}

export interface WorkerOptions {
  readonly name: string
  /** MiB */
  readonly heapMb: number | undefined
}

/** Starts a worker. */
export type OpenWorker = (options: WorkerOptions, events: LinkEvents) => WorkerLink

/** What starting workers takes. */
export interface WorkerSetup {
  /** The file of the worker program. */
  readonly program: string
  readonly settings: WorkerSettings
  readonly guardian: Guardian
}
