import type { Clock } from './clock.js'
import type { Logger } from './logger.js'
import type { DataFile, ExpectedOutput } from './staging.js'

/** What a memoizer sees of one call. */
export interface MemoCall {
  readonly taskId: number
  readonly app: string
  readonly kind: 'js' | 'bash' | 'join'
  readonly body: (...args: never[]) => unknown
  /** Futures replaced by values, files by files. */
  readonly args: readonly unknown[]
  /** Whether the body gets the very objects of the program, as joins do and bodies on the in-process executor. */
  readonly isHere: boolean
  /** Added to the environment of commands. */
  readonly env: Readonly<Record<string, string>>
  /** The files among the arguments. They may not have been brought here yet. */
  readonly inputs: readonly DataFile[]
  /** Files that the app names for its streams, as absolute paths. Those that are promised by `output(...)` are among the outputs. */
  readonly streams: readonly { readonly stream: 'stdout' | 'stderr'; readonly path: string }[]
  /** What the body promises to make, where it will be. */
  readonly outputs: readonly ExpectedOutput[]
  /** Positions of arguments that do not count, and names of fields of arguments. */
  readonly ignoreForCache: readonly (string | number)[]
  /** Stands for what the body does, where it was given. */
  readonly version: string | undefined
}

/** A remembered outcome. */
export type MemoHit = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

/** One part in which a call differs from an earlier one. */
export interface MemoDifference {
  /** `argument 2 › threads`, `function align`, `file reads.fq` */
  readonly part: string
  /** What it was, where that is short; absent too where the part was not there. */
  readonly before: string | undefined
  readonly now: string | undefined
}

/** Why a call was run, or was not. */
export interface MemoExplanation {
  /** `shared`: an equal call was under way, and both got its outcome. `off`: nothing was looked up. */
  readonly outcome: 'hit' | 'miss' | 'shared' | 'off'
  /** The answer in a sentence or two. */
  readonly why: string
  /** The key of the call. */
  readonly key: string | undefined
  /** The earlier call that is most like it, of the same app. */
  readonly nearest: { readonly taskId: number; readonly runId: string; readonly at: number } | undefined
  /** From that call. */
  readonly differences: readonly MemoDifference[]
}

/** What a memoizer says of a call. */
export interface MemoAnswer {
  /** Absent on a miss. */
  readonly hit?: MemoHit | undefined
  /** Tells why. May be asked long after; must not hold on to the call's arguments. */
  explain?(): Promise<MemoExplanation>
}

/** What a kernel gives a memoizer when it starts it. */
export interface MemoizerContext {
  readonly runId: string
  /** The folder of this run. */
  readonly runDir: string
  /** Where the folders of all runs are. */
  readonly baseDir: string
  readonly clock: Clock
  readonly log: Logger
}

/** A started memoizer. */
export interface RunningMemoizer {
  /**
   * What it throws, or rejects with, fails the task, once and without retries. A call that is like one under way may wait for its outcome: it says so by `waitsFor`, which throws
   * CyclicWait where that one waits for this. An answer at once is better than a promise: what the call was given may change while it is waited for.
   */
  lookup(call: MemoCall, waitsFor: (other: MemoCall) => void): MemoAnswer | Promise<MemoAnswer>
  /** Exactly once for each call that was looked up and missed. Its failure is logged and costs the task nothing. */
  record(call: MemoCall, outcome: MemoHit): Promise<void>
  /** Writes what waits to be written, and tells how many results that were. */
  readonly checkpoint?: (() => Promise<number>) | undefined
  close(): Promise<void>
}

/**
 * Remembers results of apps with `cache: true`. The plug-in is a constant without I/O; `start` returns the running thing.
 * @experimental
 */
export interface Memoizer {
  readonly name: string
  start(context: MemoizerContext): Promise<RunningMemoizer>
}
