import type { FailureKind } from '@parsl/interfaces'
import type { WorkerSettings } from './settings.js'
import type { Laden } from './travel/laden.js'
import type { Parcel } from './travel/parcel.js'

/** What goes to a worker once and is kept there: the code of functions, what an app is, values that are shared; or large arguments, which are not kept. */
export type Part = readonly [id: string, content: string | Uint8Array | Laden]

/** A try, as it is sent. */
export interface RunMessage extends Omit<Parcel, 'laden'> {
  readonly type: 'run'
  readonly id: number
  /** By which it is claimed: its place in the memory of a thread, or the ticket of a process. */
  readonly slot: number
}

/** To a worker. */
export type ToWorker =
  /** To processes, before all else. */
  | { readonly type: 'settings'; readonly settings: WorkerSettings }
  | RunMessage
  | { readonly type: 'stop'; readonly id: number; readonly reason: string }
  /** It ends when its present try has ended. */
  | { readonly type: 'end' }
  /** Shared values that no task will take any more. */
  | { readonly type: 'forget'; readonly shares: readonly string[] }
  /** To threads: what comes by itself, since it is no bytes. */
  | { readonly type: 'keep'; readonly parts: readonly Part[] }
  /** Answers `wants`. */
  | { readonly type: 'parts'; readonly parts: readonly Part[] }

/** From a worker. */
export type FromWorker =
  | { readonly type: 'ready' }
  | {
      readonly type: 'succeeded'
      readonly id: number
      readonly ms: number
      readonly value: Uint8Array
      /** From threads: what travels beside the value. */
      readonly buffers?: readonly Uint8Array[] | undefined
    }
  | {
      readonly type: 'failed'
      readonly id: number
      readonly ms: number
      readonly error: Uint8Array
      readonly kind: FailureKind
    }
  /** It has forgotten parts, or was never sent them. */
  | { readonly type: 'wants'; readonly parts: readonly string[] }
  /** A body started a group of processes, or one has ended. */
  | { readonly type: 'group' | 'groupEnded'; readonly pgid: number }
  /** A folder that is to be removed should the program be gone, or was. */
  | { readonly type: 'path' | 'pathGone'; readonly path: string }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly facts: object
      readonly message: string
    }
  /** A body ends the whole worker. */
  | { readonly type: 'exiting'; readonly exitCode: number }
  /** Something went wrong in it outside any body: use another. */
  | { readonly type: 'tainted'; readonly reason: string }
