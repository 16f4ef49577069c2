import { performance } from 'node:perf_hooks'
import { inspect } from 'node:util'

/** Options of {@link eventually}. */
export interface EventuallyOptions {
  /** Ten times what it should take at most. @defaultValue 9000 */
  readonly guardMs?: number
  /** What to show where it did not come. */
  readonly state?: () => unknown
}

// Taken when loaded, since a test may put timers of its own in their place.
const { setImmediate: turn, setTimeout: later } = globalThis

/** Most of what tests wait for is some turns of the event loop away; what is further away leaves the processor to those who work on it. */
const TURNS = 200
const PAUSE_MS = 2

const pause = (round: number): Promise<void> =>
  new Promise((resolve) => {
    if (round < TURNS) turn(resolve)
    else later(resolve, PAUSE_MS)
  })

/** Waits until `isSo` answers `true`. Past the guard it throws, with what was waited for and the state. */
export const eventually = async (
  isSo: () => boolean | Promise<boolean>,
  { guardMs = 9_000, state }: EventuallyOptions = {},
): Promise<void> => {
  const deadline = performance.now() + guardMs
  for (let round = 0; !(await isSo()); round++) {
    if (performance.now() > deadline) {
      const shown = state ? `\n${inspect(state(), { depth: 6 })}` : ''
      throw new Error(`it did not come within ${guardMs / 1_000} s: ${isSo.toString()}${shown}`)
    }
    await pause(round)
  }
}
