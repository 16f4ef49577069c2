/** For how long to look: longer than the whole way there and back of a short task, or one late answer has both sides sleep and wake each other from then on. */
const LOOK_MS = 0.06
/** So often at most it is not tried after it failed. */
const MOST_SKIPPED = 64

/** Whether it pays to look for what is expected rather than to sleep until it is there. */
export interface Eagerness {
  /** Until when to look; undefined where to sleep at once. */
  begin(): number | undefined
  ended(hasFound: boolean): void
}

/** Where looking was in vain, because others take long or need the processor that looks, it is tried less and less. */
export const newEagerness = (): Eagerness => {
  let skip = 0
  let vain = 0
  return {
    begin: () => {
      if (skip === 0) return performance.now() + LOOK_MS
      skip--
      return undefined
    },
    ended: (hasFound) => {
      vain = hasFound ? 0 : Math.min(MOST_SKIPPED, 2 * vain + 1)
      skip = vain
    },
  }
}
