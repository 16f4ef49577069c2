import type { RunRecord } from '@parsl/core/runs'
import { TASK_STATES } from '@parsl/interfaces'
import { styled } from '../output.js'
import type { TaskFailure } from './failures.js'
import { nameOf } from './find.js'
import type { CountedRun } from './list.js'
import { logsFailures } from './log.js'
import { commandText, secondsOf, timeText, tookText, UNKNOWN } from './words.js'

/** The first failures of a run, and how many there are. */
export interface FirstFailures {
  readonly shown: readonly TaskFailure[]
  readonly count: number
}

const LOGS = {
  own: 'the program logged with a logger of its own, so failures are known to that alone',
  none: 'the program kept no log (log: false), so its failures are not known',
  error: "its log holds errors of the kernel only (log: 'error'), so its failures are not known",
} as const

const STATES = {
  running: 'running',
  ended: 'ended',
  failed: 'ended, with failures',
  killed: 'killed: its program ended without closing it',
  unknown: UNKNOWN,
} as const

const stateText = ({ run: { state, record, problem } }: CountedRun): string => {
  if (problem !== undefined) return `${UNKNOWN}: ${problem}`
  if (record?.end?.error !== undefined) return `failed: it could not start: ${record.end.error}`
  if (state === 'unknown' && record) return `${UNKNOWN}: it started on ${record.host}, and only that machine can tell`
  return STATES[state]
}

const tasksText = ({ counts: { all, failed, cancelled, source } }: CountedRun): string => {
  if (all) {
    const parts = TASK_STATES.filter((state) => all[state] > 0).map((state) => `${all[state]} ${state}`)
    return `${parts.join(', ') || 'none'}${source === 'log' ? ', as its log says so far' : ''}`
  }
  if (failed === undefined) return UNKNOWN
  return `at least ${failed} failed and ${cancelled} cancelled; the others are ${UNKNOWN} (a log at the level 'debug' tells them)`
}

type Row = readonly [name: string, value: string]

const recordRows = (record: RunRecord): readonly Row[] => [
  ['program', commandText(record)],
  ['started', `${timeText(record.startedAt)} in ${record.cwd}`],
  ...(record.end ? [['ended', timeText(record.end.at)] as const] : []),
  ['process', `${record.pid} on ${record.host}, Node ${record.node}, Parsl ${record.parsl ?? UNKNOWN}`],
  ['executors', record.executors.join(', ')],
  ...(record.end?.unawaited ? [['unawaited', `${record.end.unawaited} of the failures`] as const] : []),
]

const about = (counted: CountedRun, now: number): readonly Row[] => {
  const { run } = counted
  const seconds = secondsOf(run, now)
  return [
    ['state', stateText(counted)],
    ...(run.record ? recordRows(run.record) : []),
    ['took', seconds === undefined ? UNKNOWN : tookText(seconds)],
    ['tasks', tasksText(counted)],
    ['directory', run.dir],
  ]
}

const NAME_WIDTH = 11

const failureLines = (number: number, { shown, count }: FirstFailures): string[] => {
  if (count === 0) return []
  const rest = count > shown.length ? [`  and ${count - shown.length} more`] : []
  const lines = shown.map(
    ({ task, app, state, error }) =>
      `  task ${task} (${app}) ${state}: ${error.type}: ${error.message.split('\n', 1)[0]}`,
  )
  return [
    '',
    styled('bold', 'failures'),
    ...lines,
    ...rest,
    '',
    `parsl logs TASK --run ${number} tells all of one task`,
  ]
}

/** One run for people. */
export const describeRun = (counted: CountedRun, failures: FirstFailures, now: number): readonly string[] => {
  const { run } = counted
  const { record } = run
  const silent = logsFailures(record) ? [] : ['', LOGS[record?.log as keyof typeof LOGS]]
  return [
    styled('bold', `run ${nameOf(run.number)}`),
    ...about(counted, now).map(([name, value]) => `  ${name.padEnd(NAME_WIDTH)}${value}`),
    ...failureLines(run.number, failures),
    ...silent,
  ]
}
