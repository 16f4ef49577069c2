import type { FailureKind } from '@parsl/interfaces'
import { newWaitingLine, type WaitingLine } from './waiting.js'

/** A try as a pool sees it. */
export interface Work {
  /** The same object for every call of one app with one set of options. */
  readonly spec: object
  /** Smaller runs first; absent runs last. */
  readonly priority: number | undefined
  /** Heap that the worker must have, in MiB; absent: as workers have it anyway. */
  readonly heapMb: number | undefined
}

/** Why a try is to stop. */
export interface Stop {
  readonly reason: unknown
  readonly kind: FailureKind
}

/** A worker as the pool sees it. */
export interface PoolWorker<W extends Work> {
  readonly id: number
  readonly heapMb: number | undefined
  /** `retiring` takes nothing more; `ending` was told to end, or is being killed. */
  phase: 'starting' | 'ready' | 'retiring' | 'ending'
  current: W | undefined
  /** Sent as well, and not begun as far as is known: what runs here is short. */
  ahead: W[]
  /** So little lies ahead that more may be sent. */
  isLow: boolean
  /** Tries that have ended here. */
  ended: number
}

export interface PoolLimits {
  /** Workers at most. */
  readonly size: number
  /** A worker is replaced after so many tries. */
  readonly maxTasksPerWorker: number
  /** Tries of short apps sent to one worker at most before its present one has ended. */
  readonly depth: number
}

/** What a pool knows. `step` alone changes it. */
export interface PoolState<W extends Work> {
  readonly limits: PoolLimits
  readonly line: WaitingLine<W>
  readonly workers: Map<number, PoolWorker<W>>
  /** Tries that are to stop, and have not ended. */
  readonly stops: Map<W, Stop>
  /** How long bodies of an app take, in milliseconds: a moving average. */
  readonly paces: WeakMap<object, number>
  nextWorker: number
  /** Workers that ended before they were ready, one after the other. */
  failedStarts: number
  /** Nothing is started any more. */
  over: boolean
}

export const newPoolState = <W extends Work>(limits: PoolLimits): PoolState<W> => ({
  limits,
  line: newWaitingLine<W>(({ priority }) => priority),
  workers: new Map(),
  stops: new Map(),
  paces: new WeakMap(),
  nextWorker: 0,
  failedStarts: 0,
  over: false,
})
