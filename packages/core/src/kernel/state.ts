import { TASK_STATES, type TaskState } from '@parsl/interfaces'
import { newStory, type Story } from './story.js'
import type { TaskRecord } from './task.js'

/** A change of a task's state, for the monitoring sinks. */
export interface StateChange {
  readonly task: TaskRecord
  readonly state: TaskState
  readonly attempt: number
  readonly at: number
  error: unknown
}

/** Everything that `step` decides from and changes. */
export interface KernelState {
  /** Time of the event in hand, milliseconds since the epoch; 0 where nobody listens for changes. */
  now: number
  /** Tasks that have not ended, in order of submission. */
  first: TaskRecord | undefined
  last: TaskRecord | undefined
  live: number
  readonly counts: Record<TaskState, number>
  /** Reports that came too late or twice, and were dropped. */
  dropped: number
  /** Filled only where somebody listens. */
  readonly changes: StateChange[] | undefined
  readonly story: Story
  readonly retries: number
  readonly infrastructureRetries: number
  /** Nothing more is started: a try that fails is the last of its task. */
  draining: boolean
}

export const newState = (settings: {
  readonly retries: number
  readonly infrastructureRetries: number
  readonly monitored: boolean
}): KernelState => ({
  now: 0,
  first: undefined,
  last: undefined,
  live: 0,
  counts: Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>,
  dropped: 0,
  changes: settings.monitored ? [] : undefined,
  story: newStory(),
  retries: settings.retries,
  infrastructureRetries: settings.infrastructureRetries,
  draining: false,
})

export const link = (state: KernelState, task: TaskRecord): void => {
  task.previous = state.last
  if (state.last) state.last.next = task
  else state.first = task
  state.last = task
  state.live++
}

export const unlink = (state: KernelState, task: TaskRecord): void => {
  if (task.previous) task.previous.next = task.next
  else state.first = task.next
  if (task.next) task.next.previous = task.previous
  else state.last = task.previous
  task.previous = undefined
  task.next = undefined
  state.live--
}

/** Tasks that have not ended, as they stand now. */
export const liveTasks = (state: KernelState): TaskRecord[] => {
  const tasks: TaskRecord[] = []
  for (let task = state.first; task; task = task.next) tasks.push(task)
  return tasks
}
