import type { MemoExplanation, MemoHit } from '@parsl/interfaces'
import type { Kept } from './results.js'

/** What was found of a call. */
export interface Found {
  readonly outcome: MemoExplanation['outcome']
  readonly hit: MemoHit | undefined
  readonly kept: Kept | undefined
  readonly note: string | undefined
}

export const missed = (note: string | undefined): Found => ({ outcome: 'miss', hit: undefined, kept: undefined, note })
export const taken = (hit: MemoHit, kept: Kept, note: string): Found => ({ outcome: 'hit', hit, kept, note })
export const shared = (hit: MemoHit): Found => ({
  outcome: 'shared',
  hit,
  kept: undefined,
  note: 'an equal call was under way, and both got its outcome',
})
