import type { Run } from '@parsl/core/runs'
import { type TaskState, TASK_STATES } from '@parsl/interfaces'
import { failuresOf } from './failures.js'
import { logLines, logsEverything, logsFailures } from './log.js'

type Counts = Readonly<Record<TaskState, number>>

/** What is known of the tasks of a run. Nothing here is a guess: what is not known is absent. */
export interface KnownCounts {
  /** Tasks by state. */
  readonly all: Counts | undefined
  /** Tasks that failed, or whose input did. */
  readonly failed: number | undefined
  readonly cancelled: number | undefined
  /** `log`: of a run that has no end of its own, as its log says so far; the last lines before a kill may be missing. */
  readonly source: 'record' | 'log' | undefined
}

const NOTHING: KnownCounts = { all: undefined, failed: undefined, cancelled: undefined, source: undefined }

const of = (all: Counts, source: 'record' | 'log'): KnownCounts => ({
  all,
  failed: all.failed + all.depFail,
  cancelled: all.cancelled,
  source,
})

const noTasks = (): Record<TaskState, number> =>
  Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>

const isState = (state: unknown): state is TaskState => (TASK_STATES as readonly unknown[]).includes(state)

/** By the last state that the log has of each task. */
const fromChanges = async (runDir: string): Promise<KnownCounts> => {
  const states = new Map<number, TaskState>()
  for await (const { type, taskId, state } of logLines(runDir, (text) => text.includes('"type":"task"')))
    if (type === 'task' && typeof taskId === 'number' && isState(state)) states.set(taskId, state)
  const counts = noTasks()
  for (const state of states.values()) counts[state]++
  return of(counts, 'log')
}

const fromFailures = async (runDir: string): Promise<KnownCounts> => {
  let failed = 0
  let cancelled = 0
  for await (const { state } of failuresOf(runDir)) {
    if (state === 'cancelled') cancelled++
    else failed++
  }
  return { all: undefined, failed, cancelled, source: 'log' }
}

/** Finds out what is known of the tasks of a run. */
export const countsOf = async ({ dir, record }: Run): Promise<KnownCounts> => {
  // Where the kernel could not start there were no tasks.
  if (record?.end) return of(record.end.counts ?? noTasks(), 'record')
  if (!record) return NOTHING
  if (logsEverything(record)) return fromChanges(dir)
  return logsFailures(record) ? fromFailures(dir) : NOTHING
}
