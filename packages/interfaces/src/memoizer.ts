/** What a memoizer sees of one call. */
export interface MemoCall {
  readonly taskId: number
  readonly app: string
  readonly body: (...args: never[]) => unknown
  /** Futures replaced by values, files by files. */
  readonly args: readonly unknown[]
  /** Names and positions that do not count. */
  readonly ignoreForCache: readonly (string | number)[]
}

/** A remembered outcome. */
export type MemoHit = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

/**
 * Remembers results of apps with `cache: true`.
 * @experimental
 */
export interface Memoizer {
  start(context: { readonly runDir: string; readonly baseDir: string }): Promise<void>
  /** `undefined` on a miss. A rejection fails the task, once and without retries. */
  lookup(call: MemoCall): Promise<MemoHit | undefined>
  /** Exactly once for each task that was looked up and missed. Its failure is logged and costs the task nothing. */
  record(call: MemoCall, outcome: MemoHit): Promise<void>
  close(): Promise<void>
}
