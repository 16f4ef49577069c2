import type { BlockLoads, BlockRecord } from './state.js'

/** The further a block is from work, the earlier it goes: not submitted, not started, not connected. */
const rankOf = ({ phase, connected, status }: BlockRecord): number => {
  if (phase === 'requested') return 0
  if (phase === 'submitting') return 1
  if (connected) return 4
  return status.state === 'running' ? 3 : 2
}

/**
 * Which blocks go: those that have not started first, the youngest before the others, as the queue has waited least for them; then those
 * idle longest; then those with the fewest tasks. With `idleMs` only such as had no task for so long; what never connected counts as idle.
 */
export const chooseBlocks = (
  candidates: readonly BlockRecord[],
  loads: BlockLoads,
  { count, idleMs }: { readonly count: number; readonly idleMs?: number | undefined },
): readonly BlockRecord[] =>
  candidates
    .map((record) => ({ record, rank: rankOf(record), ...(loads.get(record.id) ?? { tasks: 0, idleMs: Infinity }) }))
    .filter((block) => idleMs === undefined || (block.tasks === 0 && block.idleMs >= idleMs))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        // Both may be without end, and their difference is no number.
        (a.idleMs === b.idleMs ? 0 : b.idleMs - a.idleMs) ||
        a.tasks - b.tasks ||
        Number(b.record.id) - Number(a.record.id),
    )
    .slice(0, Math.max(0, count))
    .map(({ record }) => record)
