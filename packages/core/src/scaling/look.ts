import { type Block, FINAL_JOB_STATES, type Logger, type Scalable } from '@parsl/interfaces'
import type { StartedExecutor } from '../executor/started.js'
import { type Decision, type Demand, strategies, type StrategyName } from './strategies.js'

/** How executors are scaled. */
export interface ScalingSettings {
  readonly strategy: StrategyName
  readonly strategyPeriodMs: number
  /** How long blocks may be idle. */
  readonly maxIdleMs: number
}

/** An executor with blocks. */
export interface Watched {
  readonly executor: StartedExecutor
  readonly scaling: Scalable
  /** Whether the blocks of the start were asked for. */
  hasBegun: boolean
  /** When it last had a task, or the watch began. */
  busyAt: number
  /** Why the last decision was made, so that the log does not repeat it. */
  lastWhy: string
}

const isThere = ({ status, draining }: Block): boolean => !FINAL_JOB_STATES.has(status.state) && !draining

const demandOf = ({ executor, scaling, busyAt }: Watched, now: number, maxIdleMs: number): Demand => {
  const blocks = scaling.status().filter(isThere)
  return {
    outstanding: executor.running.load().outstanding,
    workersPerBlock: Math.max(1, scaling.workersPerBlock()),
    limits: scaling.limits,
    blocks: blocks.length,
    able: blocks.filter(({ status }) => status.state !== 'held').length,
    idleMs: now - busyAt,
    maxIdleMs,
  }
}

/** How many blocks are added or removed. */
const carryOut = (scaling: Scalable, decision: Decision): number => {
  if (decision.do === 'nothing') return 0
  if (decision.do === 'scaleOut') return scaling.scaleOut(decision.count)
  return scaling.scaleIn(decision.count, decision.idleMs === undefined ? undefined : { idleMs: decision.idleMs })
}

/** Decides for one executor and does so. The log says why: what is done each time, what is merely decided again only once. */
export const newLook = ({ strategy, maxIdleMs }: ScalingSettings, log: Logger) => {
  const decide = strategies[strategy]
  const follow = (watched: Watched, decision: Decision): void => {
    const blocks = carryOut(watched.scaling, decision)
    const { do: what, why } = decision
    if (blocks === 0 && why === watched.lastWhy) return
    watched.lastWhy = why
    const executor = watched.executor.plugin.label
    const asked = decision.do === 'nothing' ? {} : { asked: decision.count, blocks }
    log.debug({ executor, strategy, decision: what, ...asked, why }, `${what} for ${executor}: ${why}`)
  }
  return (watched: Watched, now: number): void => {
    const { executor, scaling } = watched
    if (executor.broken) return
    if (!watched.hasBegun) {
      watched.hasBegun = true
      const { init: count } = scaling.limits
      if (count > 0) follow(watched, { do: 'scaleOut', count, why: 'so many are asked for at the start' })
    }
    if (executor.running.load().outstanding > 0) watched.busyAt = now
    follow(watched, decide(demandOf(watched, now, maxIdleMs)))
  }
}
