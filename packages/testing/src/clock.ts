import type { Clock } from '@parsl/interfaces'

/** Time that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves on, and calls what becomes due in order. */
  advance(ms: number): void
  /** How far away the next timer is, where there is one. */
  untilNext(): number | undefined
  /** How many timers wait for their time. */
  waiting(): number
}

/** A clock for tests of what waits: nothing is due before `advance`. */
export const fakeClock = (start = 1_700_000_000_000): FakeClock => {
  let now = start
  const timers = new Set<{ readonly at: number; readonly task: () => void }>()
  const next = () => [...timers].toSorted((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    after: (ms, task) => {
      const timer = { at: now + ms, task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: (ms) => {
      const end = now + ms
      for (let due = next(); due && due.at <= end; due = next()) {
        timers.delete(due)
        now = Math.max(now, due.at)
        due.task()
      }
      now = end
    },
    untilNext: () => {
      const timer = next()
      return timer && Math.max(0, timer.at - now)
    },
    waiting: () => timers.size,
  }
}
