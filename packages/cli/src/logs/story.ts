import { FINAL_STATES, type TaskState } from '@parsl/interfaces'
import { failureIn } from '../runs/failures.js'
import type { LoggedError, LogLine } from '../runs/log.js'
import type { StreamPlace } from './streams.js'

/** A try that failed, as the log tells it. */
export interface FailedTry {
  readonly attempt: number
  readonly executor: string | undefined
  readonly where: string | undefined
  /** Whether another try followed. */
  readonly again: boolean
  readonly error: LoggedError
  readonly streams: readonly StreamPlace[]
}

/** What the log tells of one task. */
export interface TaskStory {
  readonly app: string | undefined
  /** The last state that is in the log. */
  readonly state: TaskState | undefined
  /** Whether the log tells how it ended. */
  readonly hasEnded: boolean
  readonly tries: readonly FailedTry[]
  /** Every other line. */
  readonly lines: readonly LogLine[]
}

const AGAIN = 'the task failed and will be tried again'

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const placesOf = (line: LogLine): StreamPlace[] =>
  (['stdout', 'stderr'] as const).flatMap((stream) => {
    const path = textOf(line[stream])
    return path === undefined ? [] : [{ stream, path }]
  })

/** The failed try that a line tells of. */
const tryIn = (line: LogLine): FailedTry | undefined => {
  const again = line.msg === AGAIN && typeof line['err'] === 'object'
  if ((!again && !failureIn(line)) || typeof line['attempt'] !== 'number') return undefined
  return {
    attempt: line['attempt'],
    executor: textOf(line['executor']),
    where: textOf(line['where']),
    again,
    error: line['err'] as LoggedError,
    streams: placesOf(line),
  }
}

const stateIn = (line: LogLine): TaskState | undefined =>
  failureIn(line)?.state ?? (line['type'] === 'task' ? (line['state'] as TaskState | undefined) : undefined)

/** Puts together what lines of a log tell of one task; all are about it, and in order. */
export const storyOf = (lines: readonly LogLine[]): TaskStory => {
  const tries = lines.flatMap((line) => tryIn(line) ?? [])
  const state = lines.reduce<TaskState | undefined>((last, line) => stateIn(line) ?? last, undefined)
  return {
    app: lines.reduce<string | undefined>((app, line) => app ?? textOf(line['app']), undefined),
    state,
    hasEnded: state !== undefined && FINAL_STATES.has(state),
    tries,
    lines: lines.filter((line) => !tryIn(line)),
  }
}
