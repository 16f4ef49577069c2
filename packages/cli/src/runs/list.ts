import type { Run } from '@parsl/core/runs'
import { type Column, table } from '../output.js'
import type { KnownCounts } from './counts.js'
import { nameOf } from './find.js'
import { commandText, secondsOf, timeText, tookText, UNKNOWN } from './words.js'

/** A run with what is known of its tasks. */
export interface CountedRun {
  readonly run: Run
  readonly counts: KnownCounts
}

const openOf = ({ all }: KnownCounts): number | undefined =>
  all && all.pending + all.launched + all.running + all.joining + all.failRetryable

const numberText = (value: number | undefined): string => (value === undefined ? UNKNOWN : String(value))

/** What the log of a run without an end says is the least that it can be. */
const leastText = ({ source, all }: KnownCounts, value: number | undefined): string =>
  value !== undefined && source === 'log' && !all ? `${value}+` : numberText(value)

const STYLES = { running: 'green', ended: undefined, failed: 'red', killed: 'red', unknown: 'yellow' } as const

const columns = (now: number): readonly Column<CountedRun>[] => [
  { title: 'RUN', of: ({ run }) => nameOf(run.number) },
  { title: 'STARTED', of: ({ run }) => (run.record ? timeText(run.record.startedAt) : UNKNOWN) },
  {
    title: 'TOOK',
    align: 'right',
    of: ({ run }) => {
      const seconds = secondsOf(run, now)
      return seconds === undefined ? UNKNOWN : tookText(seconds)
    },
  },
  { title: 'STATE', style: ({ run }) => STYLES[run.state], of: ({ run }) => run.state },
  {
    title: 'DONE',
    align: 'right',
    of: ({ counts: { all } }) => numberText(all && all.execDone + all.memoDone),
  },
  { title: 'FAILED', align: 'right', of: ({ counts }) => leastText(counts, counts.failed) },
  { title: 'CANCELLED', align: 'right', of: ({ counts }) => leastText(counts, counts.cancelled) },
  { title: 'OPEN', align: 'right', of: ({ counts }) => numberText(openOf(counts)) },
  { title: 'PROGRAM', of: ({ run }) => (run.record ? commandText(run.record) : (run.problem ?? UNKNOWN)) },
]

/** Lines for people, oldest run first. */
export const runTable = (runs: readonly CountedRun[], now: number): readonly string[] => table(columns(now), runs)

/** The same for programs. What is not known is `null`. */
export const runFacts = ({ run, counts }: CountedRun, now: number): object => ({
  run: run.number,
  dir: run.dir,
  state: run.state,
  seconds: secondsOf(run, now) ?? null,
  counts: counts.all ?? null,
  failed: counts.failed ?? null,
  cancelled: counts.cancelled ?? null,
  countsFrom: counts.source ?? null,
  record: run.record ?? null,
  problem: run.problem ?? null,
})
