import type { StartedExecutor } from '../../src/executor/started.js'
import { AppFuture, type FutureKernel } from '../../src/future/app-future.js'
import { type AppOptions } from '../../src/app/options.js'
import { defineApp } from '../../src/app/options.js'
import type { Command } from '../../src/kernel/commands.js'
import type { EventOf, KernelEvent } from '../../src/kernel/events.js'
import { type KernelState, newState } from '../../src/kernel/state.js'
import { step } from '../../src/kernel/step.js'
import { Attempt, newTask, type TaskRecord } from '../../src/kernel/task.js'

const NO_KERNEL: FutureKernel = {
  cancel: () => {},
  observed: () => {},
  pick: () => {
    throw new Error('no kernel')
  },
  circle: () => undefined,
}

export interface Budgets {
  readonly retries?: number
  readonly infrastructureRetries?: number
}

/** State with nothing in it, whose changes are listened to. */
export const emptyState = (budgets: Budgets = {}) =>
  newState({ retries: 0, infrastructureRetries: 0, ...budgets, monitored: true })

/** States with tasks in them, and how many. */
export const counted = ({ counts }: KernelState) => Object.entries(counts).filter(([, count]) => count !== 0)

export const FINAL: readonly string[] = ['execDone', 'memoDone', 'failed', 'depFail', 'cancelled']

/** States that a task can be brought into. */
export type Where = 'pending' | 'launched' | 'running' | 'joining' | 'failRetryable' | 'execDone'

let nextId = 0

/** A task that was not submitted yet. */
export const freshTask = (kind: 'js' | 'join' = 'js', options: AppOptions = {}): TaskRecord => {
  const app = defineApp({ name: 'app', kind, body: () => undefined }, options)
  return newTask(app, ['an argument'], new AppFuture<unknown, readonly unknown[]>(nextId++, NO_KERNEL))
}

const HERE = { plugin: { label: 'here' }, running: undefined, broken: undefined } as unknown as StartedExecutor

/** The next try of a task. */
export const tryOf = (task: TaskRecord): Attempt =>
  new Attempt(task, HERE, {
    args: task.args,
    files: { inputs: [], outputs: [], stdout: 'inherit', stderr: 'inherit' },
  })

const NOW = 1_000

/** Takes in events one after the other; gives the command of the last. */
export const feed = (state: KernelState, ...events: readonly KernelEvent[]): Command | undefined => {
  let command: Command | undefined
  for (const event of events) command = step(state, event, NOW)
  return command
}

/** Takes in events of one task, each made when it is its turn. */
export const follow = (
  state: KernelState,
  task: TaskRecord,
  ...events: readonly ((task: TaskRecord) => KernelEvent)[]
): Command | undefined => {
  let command: Command | undefined
  for (const event of events) command = step(state, event(task), NOW)
  return command
}

export const submitted = (task: TaskRecord): EventOf<'submitted'> => ({ type: 'submitted', task })

export const FAILURE = { what: 'task 0 (app)', error: 'boom' }

export const settled = (task: TaskRecord, badly = false): EventOf<'dependencySettled'> => ({
  type: 'dependencySettled',
  task,
  failure: badly ? FAILURE : undefined,
})

export const prepared = (task: TaskRecord, attempt = tryOf(task)): EventOf<'prepared'> => ({
  type: 'prepared',
  task,
  attempt,
})

export const started = (task: TaskRecord, attempt = task.current as Attempt): EventOf<'started'> => ({
  type: 'started',
  task,
  attempt,
  where: 'host',
})

export const succeeded = (task: TaskRecord, attempt = task.current as Attempt): EventOf<'succeeded'> => ({
  type: 'succeeded',
  task,
  attempt,
  value: 'value',
})

export const failed = (task: TaskRecord, more: Partial<EventOf<'failed'>> = {}): EventOf<'failed'> => ({
  type: 'failed',
  task,
  attempt: task.current as Attempt,
  error: 'boom',
  kind: 'body',
  cost: 1,
  delayMs: 0,
  ...more,
})

export const stopRequested = (task: TaskRecord): EventOf<'stopRequested'> => ({
  type: 'stopRequested',
  task,
  error: 'stop',
  final: 'cancelled',
})

/** The events that lead from `pending` into a state. */
const WAY = {
  launched: [prepared],
  running: [prepared, started],
  joining: [prepared, started, succeeded],
  failRetryable: [prepared, started, (task: TaskRecord) => failed(task, { cost: 0, delayMs: 5 })],
  execDone: [prepared, started, succeeded],
} as const

/** A task brought into a state by the events that lead there. */
export const taskIn = (
  state: KernelState,
  where: Where,
  task: TaskRecord = freshTask(where === 'joining' ? 'join' : 'js'),
): TaskRecord => {
  feed(state, submitted(task))
  if (where !== 'pending') follow(state, task, ...WAY[where])
  return task
}
