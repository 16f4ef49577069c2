import type { FromManager, LogLevel, TaskClass, ToManager, WireLoss, WireResult } from '../wire/messages.js'
import type { WireTask } from '../wire/messages.js'
import type { Part } from './parts.js'

/** How a try was lost with its worker. */
export type Lost = Pick<WireLoss, 'cause' | 'who' | 'exitCode' | 'signal' | 'evidence'>

/** What workers tell of a try. Each that was given to them ends once, by `ended` or `lost`. */
export type PoolEvent =
  | { readonly type: 'began'; readonly id: number; readonly worker: string }
  | { readonly type: 'ended'; readonly result: WireResult }
  | { readonly type: 'lost'; readonly id: number; readonly how: Lost }
  /** No worker can be started. */
  | { readonly type: 'broken'; readonly why: string }

/** What can happen to a manager. */
export type ManagerEvent =
  | PoolEvent
  /** The interchange was found. */
  | { readonly type: 'opened' }
  | { readonly type: 'said'; readonly message: ToManager }
  /** The interchange lives. */
  | { readonly type: 'alive' }
  /** The interchange does not know this manager. */
  | { readonly type: 'forgotten' }
  /** Somebody wants it to end: a signal, or its launcher has gone. */
  | { readonly type: 'asked'; readonly why: string; readonly exitCode: number }
  /** No worker is left. */
  | { readonly type: 'closed' }
  /** The turn ends: time to say what came about in it. */
  | { readonly type: 'turn' }
  | { readonly type: 'tick' }

/** What must follow. */
export type ManagerCommand =
  /** The first message of a session; `anew`: of a new one. */
  | { readonly type: 'register'; readonly holds: readonly number[]; readonly anew: boolean }
  | { readonly type: 'say'; readonly message: Exclude<FromManager, { type: 'register' }> }
  | { readonly type: 'beat' }
  | { readonly type: 'run'; readonly task: WireTask; readonly cls: TaskClass; readonly parts: readonly Part[] }
  | { readonly type: 'stop'; readonly id: number; readonly reason: string }
  /** No task will take these shared values. */
  | { readonly type: 'forget'; readonly shares: readonly string[] }
  /** Parts that are no longer here. */
  | { readonly type: 'drop'; readonly parts: readonly string[] }
  /** Those that run are asked to stop, and killed after the grace period. `closed` follows. */
  | { readonly type: 'endWorkers'; readonly graceMs: number; readonly why: string }
  | { readonly type: 'exit'; readonly exitCode: number; readonly why: string; readonly isHeard: boolean }
  | { readonly type: 'log'; readonly level: LogLevel; readonly facts: object; readonly message: string }
