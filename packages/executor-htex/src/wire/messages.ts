import type { FailureKind } from '@parsl/interfaces'

/** Both sides of a link must have the same. */
export const WIRE_VERSION = 1

/** What a task takes while it runs. Absent: nothing of it, but one core. */
export interface Needs {
  readonly cores?: number
  /** Bytes. */
  readonly memory?: number
  readonly gpus?: number
  readonly custom?: Readonly<Record<string, number>>
}

/** What is the same for many tries: told once, before the first of them. Numbered by the program from 0, never changed. */
export interface TaskClass {
  readonly n: number
  /** For people. */
  readonly app: string
  readonly needs: Needs
  readonly walltimeMs: number | undefined
  /** How long a body may take to stop when it is asked to. */
  readonly graceMs: number
  /** MiB, of the worker's heap. */
  readonly heapMb: number | undefined
  /** Ids of parts that each of its tries needs. */
  readonly parts: readonly string[]
}

/** One try. */
export interface WireTask {
  /** The program's number of the try, rising, never used again. */
  readonly id: number
  /** Number of its class. */
  readonly of: number
  /** Smaller first; absent last. */
  readonly priority: number | undefined
  /** Ids of parts beyond those of its class. */
  readonly parts: readonly string[]
  /** Opaque to the interchange. */
  readonly payload: Uint8Array
}

/** Code of functions, what an app is, values that are shared: sent once to whoever needs it. Text travels as UTF-8. */
export interface WirePart {
  readonly id: string
  readonly isText: boolean
  readonly content: Uint8Array
}

/** How one try ended in its worker. */
export interface WireResult {
  readonly id: number
  readonly ok: boolean
  /** Of a failure. */
  readonly kind: FailureKind | undefined
  /** How long the body ran. */
  readonly ms: number
  /** The value, or the error, encoded; opaque to the interchange. */
  readonly payload: Uint8Array
}

/** A try that a worker has begun. */
export interface WireStart {
  readonly id: number
  /** `worker 3` */
  readonly worker: string
}

/** Why a try was lost without an answer of its worker. */
export interface WireLoss {
  readonly id: number
  /** `memory` and `exit` are the body's own doing. */
  readonly cause: 'manager' | 'worker' | 'memory' | 'exit' | 'interchange'
  readonly host: string
  readonly block: string
  /** Manager or worker. */
  readonly who: string
  readonly exitCode: number | null
  readonly signal: string | null
  /** In words. */
  readonly evidence: string
}

/** What a manager says of itself when it registers. */
export interface Registration {
  readonly wire: number
  /** Versions that both sides must share. */
  readonly versions: { readonly parsl: string; readonly node: string }
  readonly manager: string
  readonly block: string
  readonly host: string
  readonly pid: number
  readonly startedAt: number
  /** Workers. */
  readonly slots: number
  /** Tries beyond those that run. */
  readonly prefetch: number
  readonly cores: number
  /** Bytes. */
  readonly memory: number
  readonly gpus: number
  readonly custom: Readonly<Record<string, number>>
  /** When its block's time ends, if it knows: milliseconds since the epoch. */
  readonly endsAt: number | undefined
  readonly os: string
  readonly dir: string
  /**
   * Tries that it holds from before, if it was connected before: those that wait or run, and those whose end it has
   * said in a message that was not acknowledged, which it sends again behind this one.
   */
  readonly holds: readonly number[]
}

/** What can be asked about one manager. */
export interface ManagerView {
  readonly manager: string
  readonly block: string
  readonly host: string
  readonly workers: number
  readonly tasks: number
  /** Milliseconds without a task. */
  readonly idleMs: number
  /** Whether it is given tasks. */
  readonly active: boolean
  readonly draining: boolean
  readonly versions: Registration['versions']
  readonly lastHeardMs: number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export interface LogLine {
  readonly type: 'log'
  readonly level: LogLevel
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
}

/**
 * Program to interchange, by the Unix socket. Whoever sends payloads cuts them by `chunks`, and refuses what is larger than a
 * message may be: a frame that is too long ends the connection.
 */
export type FromProgram =
  | { readonly type: 'classes'; readonly classes: readonly TaskClass[] }
  | { readonly type: 'tasks'; readonly tasks: readonly WireTask[] }
  | { readonly type: 'parts'; readonly parts: readonly WirePart[] }
  /** Shared values that no task will take any more. */
  | { readonly type: 'forget'; readonly parts: readonly string[] }
  | { readonly type: 'stop'; readonly id: number; readonly reason: string }
  /** Managers of these blocks get no more tasks; with `drain` they end when they have none. */
  | { readonly type: 'hold'; readonly blocks: readonly string[]; readonly drain: boolean }
  /** These blocks' jobs have ended: their managers are gone. */
  | { readonly type: 'blocksGone'; readonly blocks: readonly string[]; readonly evidence: string }
  | { readonly type: 'ask'; readonly n: number; readonly what: 'managers' }
  /** End every manager, then yourself. */
  | { readonly type: 'end' }

/** Interchange to program. */
export type ToProgram =
  | {
      readonly type: 'hello'
      readonly wire: number
      readonly pid: number
      /** Where managers connect. */
      readonly port: number
    }
  | { readonly type: 'starts'; readonly host: string; readonly block: string; readonly starts: readonly WireStart[] }
  | { readonly type: 'results'; readonly results: readonly WireResult[] }
  | { readonly type: 'losses'; readonly losses: readonly WireLoss[] }
  /** A try that was stopped before it began. */
  | { readonly type: 'stopped'; readonly ids: readonly number[] }
  | { readonly type: 'wants'; readonly parts: readonly string[] }
  | {
      readonly type: 'joined'
      readonly manager: string
      readonly block: string
      readonly host: string
      readonly slots: number
    }
  | { readonly type: 'left'; readonly manager: string; readonly block: string; readonly why: string }
  | { readonly type: 'answer'; readonly n: number; readonly managers: readonly ManagerView[] }
  | LogLine

/** Manager to interchange. */
export type FromManager =
  | { readonly type: 'register'; readonly registration: Registration }
  | { readonly type: 'starts'; readonly starts: readonly WireStart[] }
  | { readonly type: 'results'; readonly results: readonly WireResult[] }
  | { readonly type: 'losses'; readonly losses: readonly WireLoss[] }
  /** Parts that it was not sent, or has forgotten. */
  | { readonly type: 'wants'; readonly parts: readonly string[] }
  /**
   * It wants no more tasks. What is on the way still comes, and then `drain`: behind that nothing more comes, and it ends when it
   * has none. Said again after `welcome` of a session that begins anew.
   */
  | { readonly type: 'draining'; readonly why: string }
  /** It ends; what it has is lost. Answered by a beat that acknowledges it. */
  | { readonly type: 'bye'; readonly why: string }
  | LogLine

/** Interchange to manager. */
export type ToManager =
  | { readonly type: 'welcome'; readonly heartbeatPeriodMs: number; readonly heartbeatThresholdMs: number }
  /** It ends. To one of another wire version it comes in an envelope of this one, with the session `-`. */
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'classes'; readonly classes: readonly TaskClass[] }
  | { readonly type: 'tasks'; readonly tasks: readonly WireTask[] }
  | { readonly type: 'parts'; readonly parts: readonly WirePart[] }
  | { readonly type: 'forget'; readonly parts: readonly string[] }
  | { readonly type: 'stop'; readonly id: number; readonly reason: string }
  /** No more tasks come: it ends, with `bye`, when it has none. Maybe said twice. */
  | { readonly type: 'drain' }
  /** It ends now. */
  | { readonly type: 'end' }

/** What lies around each message between interchange and manager. */
export interface Envelope {
  /** Of the manager's connection: made by the manager for each registration that begins anew, so that what belongs to a former one is known. ASCII, 1 to 32 characters. */
  readonly session: string
  /** Its number in this direction, from 1; 0 for what is not numbered: probes, beats. */
  readonly seq: number
  /** The last number that was taken from the other side. */
  readonly ack: number
}

/** Not numbered, and answered or not as it comes. */
export type Unnumbered =
  /** A manager looks for an address that answers: the interchange gives it back. */
  | { readonly type: 'probe' }
  /** Both sides say that they live, and the number of the last message that they sent. */
  | { readonly type: 'beat'; readonly sent: number }
  /** Something is missing between the last one taken and what came: send what is not acknowledged again. */
  | { readonly type: 'again' }
  /** Interchange to manager: it does not know this session. Register with a new one. */
  | { readonly type: 'anew' }
