import type { BlockRecord, BlocksState } from './state.js'

/** A round has failed. What fails while the last failure is still waited for belongs to the same round. */
const back = (state: BlocksState, streak: 'refusals' | 'deaths', now: number): void => {
  if (state[streak] > 0 && now < state.notBefore) return
  state[streak]++
  const { firstMs, mostMs } = state.pace
  const waitMs = Math.min(mostMs, firstMs * 2 ** (Math.max(state.refusals, state.deaths) - 1))
  state.notBefore = Math.max(state.notBefore, now + waitMs)
}

export const submissionRefused = (state: BlocksState, now: number): void => back(state, 'refusals', now)

export const blockDied = (state: BlocksState, now: number): void => back(state, 'deaths', now)

/** Blocks that may be on their way at once: after each round that died half as many, since the next may well die, too. */
const mostUnproven = ({ deaths, limits: { max } }: BlocksState): number => Math.max(1, Math.floor(max / 2 ** deaths))

/** Those whose turn it is. While the batch system refuses, one at a time is tried. */
export const takeTurns = (state: BlocksState, now: number): readonly BlockRecord[] => {
  if (state.over || now < state.notBefore) return []
  const blocks = [...state.live.values()]
  const submitting = blocks.filter(({ phase }) => phase === 'submitting').length
  const unproven = blocks.filter(({ phase, connected }) => phase !== 'requested' && !connected).length
  const atOnce = state.refusals > 0 ? 1 : state.pace.atOnce
  const turns = Math.min(atOnce - submitting, mostUnproven(state) - unproven)
  return blocks.filter(({ phase }) => phase === 'requested').slice(0, Math.max(0, turns))
}
