import { newWaitingLine, type WaitingLine } from '@parsl/worker'
import type { Registration, TaskClass, WireLoss, WireResult, WireStart, WireTask } from '../wire/messages.js'
import { newParts, type Parts } from './parts.js'
import { newRoom, type Room } from './room.js'

/** A try that is here. */
export interface Held {
  readonly task: WireTask
  readonly cls: TaskClass
  /** Parts that it waits for. */
  lacks: number
  /** `given` to the pool of workers. */
  phase: 'lacks' | 'waits' | 'given'
  /** The program wants it stopped. */
  isStopped: boolean
}

/** How a manager comes to its end. */
export interface Ending {
  readonly exitCode: number
  readonly why: string
  /** Whether the interchange is there to hear of it. */
  readonly isHeard: boolean
}

/** When a manager does what by itself; times since the epoch, in milliseconds. */
export interface Times {
  /** How often the clock is looked at. */
  readonly pollMs: number
  readonly heartbeatPeriodMs: number
  readonly heartbeatThresholdMs: number
  /** It drains from then on. */
  readonly drainAt: number | undefined
  /** Its block's time is up. It drains and ends before. */
  readonly endsAt: number | undefined
  /** So long before that it drains. */
  readonly endMarginMs: number
  /** How long bodies may take to stop when it ends. */
  readonly killGraceMs: number
}

/** What a manager says of itself, but for what it holds. */
export type Identity = Omit<Registration, 'holds'>

/** What a manager knows. `step` alone changes it. */
export interface ManagerState {
  readonly identity: Identity
  times: Times
  phase: 'opening' | 'working' | 'draining' | 'ending' | 'over'
  ending: Ending | undefined
  /** The interchange knows that it drains: no try is on its way any more. */
  isDrainKnown: boolean
  readonly classes: Map<number, TaskClass>
  readonly held: Map<number, Held>
  readonly parts: Parts
  readonly room: Room
  /** Tries with all their parts, until there is room for them. */
  readonly line: WaitingLine<Held>
  /** To be said at the end of this turn. */
  starts: WireStart[]
  results: WireResult[]
  losses: WireLoss[]
  lastHeard: number
  lastBeat: number
  lastTick: number
}

/** What a manager is made with. */
export interface ManagerSetup {
  readonly identity: Identity
  readonly times: Times
  /** Bytes of parts that it keeps beyond those it needs. */
  readonly keepBytes: number
}

export const newManagerState = ({ identity, times, keepBytes }: ManagerSetup, now: number): ManagerState => ({
  identity,
  times,
  phase: 'opening',
  ending: undefined,
  isDrainKnown: false,
  classes: new Map(),
  held: new Map(),
  parts: newParts(keepBytes),
  room: newRoom(identity),
  line: newWaitingLine<Held>(({ task }) => task.priority),
  starts: [],
  results: [],
  losses: [],
  lastHeard: now,
  lastBeat: now,
  lastTick: now,
})
