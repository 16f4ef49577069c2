import { logLines, type LoggedError, type LogLine } from './log.js'

/** How a task ended that did not end well. */
export interface TaskFailure {
  readonly task: number
  readonly app: string
  readonly state: 'failed' | 'depFail' | 'cancelled'
  readonly error: LoggedError
}

const STATES: readonly unknown[] = ['failed', 'depFail', 'cancelled']
const MESSAGE = 'the task failed'

/** The failure that a line tells of. A body may log what it likes, so every field is looked at. */
export const failureIn = ({ msg, task, app, state, err }: LogLine): TaskFailure | undefined =>
  msg === MESSAGE && typeof task === 'number' && typeof app === 'string' && STATES.includes(state)
    ? { task, app, state: state as TaskFailure['state'], error: (err ?? { type: 'Error', message: '' }) as LoggedError }
    : undefined

/** The failures that the log of a run tells of, in order. */
export async function* failuresOf(runDir: string): AsyncGenerator<TaskFailure> {
  for await (const line of logLines(runDir, (text) => text.includes(`"msg":"${MESSAGE}"`))) {
    const failure = failureIn(line)
    if (failure) yield failure
  }
}
