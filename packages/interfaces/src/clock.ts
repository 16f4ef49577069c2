/**
 * Where time comes from; a test gives its own.
 * @experimental
 */
export interface Clock {
  /** Milliseconds since the epoch, never going back within a run. */
  now(): number
  /** Calls `task` once, `ms` from now. Returns how to call it off. The program may end before unless `keepAlive` is `'keepAlive'`. */
  after(ms: number, task: () => void, keepAlive?: 'keepAlive'): () => void
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1

const later = (ms: number, task: () => void, keepAlive?: 'keepAlive'): (() => void) => {
  let left = ms
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const step = Math.min(left, MAX_TIMEOUT_MS)
    left -= step
    timer = setTimeout(left > 0 ? wait : task, step)
    if (keepAlive === undefined) timer.unref()
  }
  wait()
  return () => clearTimeout(timer)
}

const ORIGIN = performance.timeOrigin

/** The machine's own time, monotonic within a process. */
export const systemClock: Clock = { now: () => ORIGIN + performance.now(), after: later }
