import type { BlockLimits } from '@parsl/interfaces'

/** What a strategy sees of one executor. */
export interface Demand {
  /** Tries that it was given and that have not ended. */
  readonly outstanding: number
  readonly workersPerBlock: number
  readonly limits: BlockLimits
  /** Blocks that have not ended and are not being ended. */
  readonly blocks: number
  /** Those of them that have workers or will have: all but what the batch system holds. */
  readonly able: number
  /** Milliseconds since it last had a task. */
  readonly idleMs: number
  /** How long blocks may be idle. */
  readonly maxIdleMs: number
}

/** What is to be done, and why: for the log. */
export type Decision =
  | { readonly do: 'nothing'; readonly why: string }
  | { readonly do: 'scaleOut'; readonly count: number; readonly why: string }
  /** With `idleMs` only blocks without a task for so long. */
  | { readonly do: 'scaleIn'; readonly count: number; readonly idleMs?: number; readonly why: string }

/** Decides for one executor, once a period. */
export type Strategy = (demand: Demand) => Decision

export type StrategyName = 'none' | 'simple' | 'htexAutoScale'

const nothing = (why: string): Decision => ({ do: 'nothing', why })
const scaleOut = (count: number, why: string): Decision => ({ do: 'scaleOut', count, why })

const blocksText = (count: number): string => (count === 1 ? '1 block' : `${count} blocks`)

/** Nothing is outstanding. */
const whenIdle = ({ blocks, limits: { min }, idleMs, maxIdleMs }: Demand): Decision => {
  if (blocks <= min) return nothing(`nothing is outstanding, and no block is there beyond the least of ${min}`)
  if (idleMs < maxIdleMs) return nothing(`nothing is outstanding, not yet for ${maxIdleMs / 1_000} s`)
  const count = blocks - min
  return { do: 'scaleIn', count, why: `nothing was outstanding for ${maxIdleMs / 1_000} s` }
}

/** There are fewer workers for a task than `parallelism` asks for. */
const whenShort = ({ outstanding, workersPerBlock, limits, blocks }: Demand, slots: number): Decision => {
  const { max, parallelism } = limits
  const what = `${outstanding} outstanding, ${slots} workers there or on their way`
  if (blocks >= max) return nothing(`${what}; ${blocksText(blocks)} are the most there may be`)
  const missing = Math.ceil(Math.ceil(outstanding * parallelism - slots) / workersPerBlock)
  return scaleOut(Math.min(missing, max - blocks), `${what}, ${workersPerBlock} workers a block`)
}

/** What goes for both strategies; `undefined` where there are more workers than tasks. */
const decide = (demand: Demand): Decision | undefined => {
  const { outstanding, workersPerBlock, able, blocks, limits } = demand
  if (blocks < limits.min) return scaleOut(limits.min - blocks, `fewer blocks than the least of ${limits.min}`)
  if (outstanding === 0) return whenIdle(demand)
  const slots = able * workersPerBlock
  if (slots / outstanding < limits.parallelism) return whenShort(demand, slots)
  if (slots === 0 && blocks < limits.max) return scaleOut(1, `${outstanding} outstanding and no worker`)
  if (slots > outstanding) return undefined
  return nothing(`${outstanding} outstanding, ${slots} workers there or on their way`)
}

const simple: Strategy = (demand) =>
  decide(demand) ??
  nothing(`more workers than the ${demand.outstanding} outstanding, which is not looked at while there is work`)

const htexAutoScale: Strategy = (demand) => {
  const decision = decide(demand)
  if (decision) return decision
  const { outstanding, workersPerBlock, able, blocks, limits, maxIdleMs } = demand
  const slots = able * workersPerBlock
  const excess = Math.floor((slots - outstanding * limits.parallelism) / workersPerBlock)
  // Work keeps at least one, even where parallelism asks for none.
  const count = Math.min(excess, blocks - Math.max(1, limits.min))
  const what = `${outstanding} outstanding, ${slots} workers there or on their way`
  if (count <= 0) return nothing(`${what}; no block is to spare`)
  return { do: 'scaleIn', count, idleMs: maxIdleMs, why: `${what}; ${blocksText(count)} to spare` }
}

/** Which strategy a name stands for. All ask for `init` blocks before they decide for the first time. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  none: () => nothing('the strategy leaves blocks as they are'),
  simple,
  htexAutoScale,
}
