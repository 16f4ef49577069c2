import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../src/clock.ts'

const MAX_TIMEOUT_MS = 2 ** 31 - 1

describe('systemClock.now', () => {
  it('counts milliseconds since the epoch', () => {
    const before = Date.now()
    expect(Math.abs(systemClock.now() - before)).toBeLessThan(60_000)
  })

  it('never goes back', () => {
    const times = Array.from({ length: 1_000 }, () => systemClock.now())
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
})

describe('systemClock.after', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('calls its task once, when the time is over', () => {
    const task = vi.fn<() => void>()
    systemClock.after(1_000, task)
    vi.advanceTimersByTime(999)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(task).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(10_000)
    expect(task).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([0, -5])('calls its task on the next turn where the time is %d', (ms) => {
    const task = vi.fn<() => void>()
    systemClock.after(ms, task)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(task).toHaveBeenCalledTimes(1)
  })

  it('never calls a task that was called off', () => {
    const task = vi.fn<() => void>()
    const callOff = systemClock.after(1_000, task)
    callOff()
    expect(vi.getTimerCount()).toBe(0)
    callOff()
    vi.advanceTimersByTime(10_000)
    expect(task).not.toHaveBeenCalled()
  })

  it('takes being called off after its time', () => {
    const task = vi.fn<() => void>()
    const callOff = systemClock.after(1_000, task)
    vi.advanceTimersByTime(1_000)
    callOff()
    expect(task).toHaveBeenCalledTimes(1)
  })

  it.each([MAX_TIMEOUT_MS, MAX_TIMEOUT_MS + 1, 3 * MAX_TIMEOUT_MS + 7])(
    'waits all of %d ms, more than one timer can',
    (ms) => {
      const task = vi.fn<() => void>()
      systemClock.after(ms, task)
      vi.advanceTimersByTime(ms - 1)
      expect(task).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(task).toHaveBeenCalledTimes(1)
    },
  )

  it('can be called off after the first of several timers', () => {
    const task = vi.fn<() => void>()
    const callOff = systemClock.after(2 * MAX_TIMEOUT_MS, task)
    vi.advanceTimersByTime(MAX_TIMEOUT_MS + 1)
    callOff()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(MAX_TIMEOUT_MS)
    expect(task).not.toHaveBeenCalled()
  })

  it('lets the program end before, unless it is told to keep it alive', () => {
    const started = vi.spyOn(globalThis, 'setTimeout')
    const ends = [
      systemClock.after(2 * MAX_TIMEOUT_MS, () => {}),
      systemClock.after(2 * MAX_TIMEOUT_MS, () => {}, 'keepAlive'),
    ]
    vi.advanceTimersByTime(MAX_TIMEOUT_MS)
    const alive = started.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())
    expect(alive).toEqual([false, true, false, true])
    for (const callOff of ends) callOff()
  })
})
