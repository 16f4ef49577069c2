import type { LogLevel } from '../wire/messages.js'
import { Packr } from 'msgpackr'
import { framed, newFrameReader } from '../wire/frames.js'
import type { PoolEvent } from './events.js'
import type { Part } from './parts.js'
import type { PoolTask } from './pool.js'
import type { PlaceNames } from './worker-places.js'

/** What the process that holds threads is told first. */
export interface HostSettings {
  readonly size: number
  readonly heapMb: number | undefined
  readonly names: PlaceNames
  readonly worker: { readonly killGraceMs: number; readonly keepBytes: number }
  /** The file of the worker program. */
  readonly program: string
}

/** From a manager to the process that holds its threads. */
export type ToHost =
  | { readonly type: 'begin'; readonly settings: HostSettings }
  | {
      readonly type: 'run'
      readonly task: PoolTask['task']
      readonly cls: PoolTask['cls']
      /** All that it needs. */
      readonly needs: readonly string[]
      /** Those of them that were not sent before. */
      readonly parts: readonly Part[]
    }
  | { readonly type: 'stop'; readonly id: number; readonly reason: string }
  | { readonly type: 'forget'; readonly shares: readonly string[] }
  | { readonly type: 'drop'; readonly parts: readonly string[] }
  | { readonly type: 'close'; readonly graceMs: number; readonly why: string }

/** From there to the manager. */
export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'told'; readonly event: PoolEvent }
  | { readonly type: 'group' | 'groupEnded'; readonly pgid: number }
  | { readonly type: 'path' | 'pathGone'; readonly path: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly facts: object; readonly message: string }
  | { readonly type: 'closed' }

/** Descriptors of that process by which it hears its manager, and by which it is heard. */
export const hostChannel = { hear: 3, say: 4 } as const

const NO_BODY = new Uint8Array(0)

/** Gathers messages and writes those of one turn at once. */
export const newSayer = <M>(write: (piece: Uint8Array) => void): ((message: M) => void) => {
  const packr = new Packr({ useRecords: false, moreTypes: false })
  let waiting: M[] = []
  const flush = (): void => {
    const all = waiting
    waiting = []
    for (const piece of framed({ header: packr.pack(all), body: NO_BODY })) write(piece)
  }
  return (message) => {
    if (waiting.push(message) === 1) void Promise.resolve().then(flush)
  }
}

const HOST_LIMITS = { header: 2 ** 31, body: 0 } as const

/** Reads what {@link newSayer} wrote. */
export const newListener = <M>(take: (message: M) => void): ((chunk: Uint8Array) => void) => {
  const packr = new Packr({ useRecords: false, moreTypes: false })
  const reader = newFrameReader(({ header }) => {
    for (const message of packr.unpack(header) as M[]) take(message)
  }, HOST_LIMITS)
  return (chunk) => {
    const refusal = reader.push(chunk)
    if (refusal !== undefined) throw new Error(refusal)
  }
}
