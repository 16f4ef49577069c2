import type { Run, RunRecord } from '@parsl/core/runs'
import { failure } from '../failure.js'
import { nameOf } from '../runs/find.js'
import { logsEverything, logsFailures } from '../runs/log.js'
import { UNKNOWN } from '../runs/words.js'
import type { TaskStory } from './story.js'

const logOption = (log: string | undefined): string => {
  if (log === 'none') return 'false'
  return log === 'own' ? 'a logger of the program' : `'${log}'`
}

const whyNotNamed = (record: RunRecord | undefined): string =>
  logsEverything(record)
    ? 'its log does not name the task'
    : "only a log at the level 'debug' tells which tasks were under way"

/** A task that the log does not name, of a run that was not killed. */
const withoutFailure = (record: RunRecord | undefined, name: string): string => {
  if (!logsFailures(record))
    return `${UNKNOWN}: the log of ${name} does not tell of tasks (log: ${logOption(record?.log)})`
  return record?.end ? 'ended well' : `${UNKNOWN}: ${name} has not said that it ended, and its log tells of no failure`
}

/** How a task stands, in words; what is not known is said to be so, with the reason. */
export const standing = ({ state: runState, record, number }: Run, { state, hasEnded }: TaskStory): string => {
  if (state !== undefined && hasEnded) return state
  const name = `run ${nameOf(number)}`
  if (state !== undefined) return runState === 'killed' ? `${state} when ${name} was killed` : state
  if (runState === 'killed') return `${UNKNOWN}: ${name} was killed, and ${whyNotNamed(record)}`
  return withoutFailure(record, name)
}

/** Refuses a number that no task of the run had. */
export const refuseForeign = ({ record, number }: Run, task: number): void => {
  const counts = record?.end?.counts
  if (!counts) return
  const tasks = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (task < tasks) return
  const had = tasks === 0 ? 'had no tasks' : tasks === 1 ? 'had one task: 0' : `had the tasks 0 to ${tasks - 1}`
  throw failure(`no task ${task} in run ${nameOf(number)}: it ${had}`)
}
