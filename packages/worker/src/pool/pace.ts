import type { PoolState, Work } from './state.js'

/** Bodies that take less are worth sending before they can begin: the way to a worker takes about as long. */
const SHORT_MS = 0.5
/** What may lie ahead of a worker, in the time that it takes. */
const AHEAD_MS = 2
/** No body counts as quicker: what surrounds it takes as long. */
const QUICKEST_MS = 0.02
/** One that takes longer counts as this, so that a single one (the first, one that was interrupted) does not outweigh many. */
const LONGEST_MS = 1
/** How much the last body counts. */
const WEIGHT = 0.2

export const learnPace = <W extends Work>({ paces }: PoolState<W>, { spec }: W, ms: number): void => {
  const took = Math.min(ms, LONGEST_MS)
  const before = paces.get(spec) ?? took
  paces.set(spec, before + WEIGHT * (took - before))
}

/** How many tries of an app may lie ahead of one worker. */
export const roomAhead = <W extends Work>({ paces, limits }: PoolState<W>, { spec }: W): number => {
  const pace = paces.get(spec)
  if (pace === undefined || pace >= SHORT_MS) return 0
  return Math.min(limits.depth, Math.floor(AHEAD_MS / Math.max(pace, QUICKEST_MS)))
}
