import type { Block, BlockLimits, JobId, JobStatus } from '@parsl/interfaces'

/** What an executor knows of a block whose workers have connected. */
export interface BlockLoad {
  readonly tasks: number
  /** Milliseconds since it last had a task, 0 while it has one. */
  readonly idleMs: number
}

/** By block; one whose workers have not connected is not in it. */
export type BlockLoads = ReadonlyMap<string, BlockLoad>

/**
 * Where a block stands with us. `requested`: it waits for its turn to be submitted; `live`: the batch system has it; `draining`: it finishes what it
 * has; `cancelling`: the batch system was asked to end it.
 */
type Phase = 'requested' | 'submitting' | 'live' | 'draining' | 'cancelling' | 'ended'

export interface BlockRecord {
  readonly id: string
  phase: Phase
  job: JobId | undefined
  status: JobStatus
  /** Whether any of its workers ever connected. */
  connected: boolean
  /** It ends because we want it to. */
  unwanted: boolean
  /** When the batch system was last asked to end it. */
  cancelledAt: number
}

/** How submissions are spaced once some have failed. */
export interface Pace {
  /** Submissions whose answer may be awaited at once. */
  readonly atOnce: number
  readonly firstMs: number
  readonly mostMs: number
  /** Until a block that was to end and has not is cancelled once more. */
  readonly cancelAgainMs: number
  /** Status calls in a row that may fail before nothing is known of the blocks. */
  readonly silentPolls: number
}

export const PACE: Pace = { atOnce: 8, firstMs: 2_000, mostMs: 300_000, cancelAgainMs: 30_000, silentPolls: 3 }

/** Everything that the step decides by. */
export interface BlocksState {
  readonly limits: BlockLimits
  readonly pace: Pace
  /** Those that have not ended, in order of their ids. */
  readonly live: Map<string, BlockRecord>
  /** The last of those that have, in the order in which they did. */
  readonly ended: BlockRecord[]
  nextId: number
  /** Rounds of submissions in a row that were refused. */
  refusals: number
  /** Rounds of blocks in a row that ended before any of their workers connected. */
  deaths: number
  /** Nothing is submitted before. */
  notBefore: number
  /** Status calls in a row that failed. */
  silence: number
  /** Nothing more is submitted, ever. */
  over: boolean
}

export const newState = (limits: BlockLimits, pace: Pace = PACE): BlocksState => ({
  limits,
  pace,
  live: new Map(),
  ended: [],
  nextId: 0,
  refusals: 0,
  deaths: 0,
  notBefore: -Infinity,
  silence: 0,
  over: false,
})

/** As many are remembered: error handlers look at the last ones, and a run may have thousands. */
export const MOST_ENDED = 100

const NEVER: BlockLoad = { tasks: 0, idleMs: Infinity }

const viewOf = ({ id, status, job, phase, unwanted, connected }: BlockRecord, loads: BlockLoads): Block => ({
  id,
  status,
  ...(job === undefined ? {} : { job }),
  ...(phase === 'ended' ? { tasks: 0, idleMs: Infinity } : (loads.get(id) ?? NEVER)),
  draining: unwanted && phase !== 'ended',
  connected,
})

/** Blocks by rising id. */
export const viewsOf = ({ ended, live }: BlocksState, loads: BlockLoads): readonly Block[] =>
  [...ended, ...live.values()].sort((a, b) => Number(a.id) - Number(b.id)).map((record) => viewOf(record, loads))
