import type { Clock } from '@parsl/interfaces'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/** Time that stands still until the test moves it. */
export interface FakeClock extends Clock {
  /** Moves on, and calls what becomes due in order. */
  advance(ms: number): void
  /** How far away the next timer is. */
  untilNext(): number | undefined
}

export const newFakeClock = (): FakeClock => {
  let now = 1_000_000
  const timers = new Set<Timer>()
  const next = (): Timer | undefined => [...timers].toSorted((a, b) => a.at - b.at)[0]
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
  }
}
