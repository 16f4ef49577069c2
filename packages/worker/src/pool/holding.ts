import type { Clock } from '@parsl/interfaces'

/** How long the program waits for workers that have nothing to do: one that awaits a call after the other would have us let go between any two. */
const LET_GO_MS = 20

/** Whether the program waits for its workers. */
export interface Holding {
  readonly isHeld: boolean
  /** Waits for them at once, or soon no more. */
  need(isNeeded: boolean): void
}

export const newHolding = (clock: Clock, hold: (isHeld: boolean) => void): Holding => {
  let isHeld = false
  let isNeeded = false
  let isDue = false
  const set = (now: boolean): void => {
    isHeld = now
    hold(now)
  }
  return {
    get isHeld() {
      return isHeld
    },
    need: (needed) => {
      isNeeded = needed
      if (needed && !isHeld) return set(true)
      if (needed || !isHeld || isDue) return
      isDue = true
      clock.after(LET_GO_MS, () => {
        isDue = false
        if (!isNeeded) set(false)
      })
    },
  }
}
