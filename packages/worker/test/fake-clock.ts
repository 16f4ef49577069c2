import type { Clock } from '@parsl/interfaces'

/** A clock that stands until it is told to go on. */
export interface FakeClock extends Clock {
  advance(ms: number): void
  /** Tasks that wait for their time. */
  waiting(): number
}

export const fakeClock = (start = 1_700_000_000_000): FakeClock => {
  let now = start
  const timers = new Set<{ readonly at: number; readonly task: () => void }>()
  const next = (until: number) => [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    after: (ms, task) => {
      const timer = { at: now + ms, task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: (ms) => {
      const until = now + ms
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer)
        now = timer.at
        timer.task()
      }
      now = until
    },
    waiting: () => timers.size,
  }
}
