import type { TaskState } from '@parsl/interfaces'
import type { Command } from '../../src/kernel/commands.js'
import type { KernelEvent } from '../../src/kernel/events.js'
import { moreOf, type TaskRecord } from '../../src/kernel/task.js'
import {
  type Budgets,
  failed,
  freshTask,
  prepared,
  settled,
  started,
  stopRequested,
  succeeded,
  type Where,
} from './step-fixture.js'

type Event = (task: TaskRecord) => KernelEvent

interface Circumstances {
  readonly budgets?: Budgets
  readonly task?: () => TaskRecord
  /** Changes the task before the event. */
  readonly given?: (task: TaskRecord) => void
}

/** What one event does to a task in one state. */
export interface Row extends Circumstances {
  readonly from: Where
  readonly on: string
  readonly event: Event
  readonly to: TaskState
  readonly command: Command['type'] | undefined
}

interface Outcome extends Circumstances {
  readonly to: TaskState
  readonly command?: Command['type']
}

const row = (from: Where, on: string, event: Event, { command, ...outcome }: Outcome): Row => ({
  from,
  on,
  event,
  command,
  ...outcome,
})

const badly: Event = (task) => settled(task, true)
const lost: Event = (task) => failed(task, { kind: 'lost' })
const stoppedUnasked: Event = (task) => failed(task, { kind: 'stopped' })
const later: Event = (task) => failed(task, { delayMs: 5 })
const dear: Event = (task) => failed(task, { cost: 1.5 })
const recalled: Event = (task) => ({ type: 'recalled', task, hit: { ok: true, value: 1 } })
const recalledFailure: Event = (task) => ({ type: 'recalled', task, hit: { ok: false, error: 'boom' } })
const refused: Event = (task) => ({ type: 'refused', task, error: 'no' })
const remembered: Event = (task) => ({ type: 'remembered', task, value: 1 })
const joinFound: Event = (task) => ({ type: 'joinFound', task, circle: undefined })
const circleFound: Event = (task) => ({ type: 'joinFound', task, circle: new Error('circle') as never })
const joined: Event = (task) => ({ type: 'joined', task, value: 1 })
const retryDue: Event = (task) => ({ type: 'retryDue', task })

const waitingFor = (count: number) => ({ given: (task: TaskRecord) => void (task.waiting = count) })
const stopping = (task: TaskRecord): void => void (moreOf(task).stopping = { error: 'stop', final: 'cancelled' })
const reported = (task: TaskRecord): void => void (task.current = undefined)
const cached = { task: () => freshTask('js', { cache: true }) }
const cachedJoin = { task: () => freshTask('join', { cache: true }) }
const join = { task: () => freshTask('join') }

/** What each event does in each state. */
export const ROWS: readonly Row[] = [
  row('pending', 'an input that is not the last', settled, { to: 'pending', ...waitingFor(2) }),
  row('pending', 'its last input', settled, { to: 'pending', command: 'prepare', ...waitingFor(1) }),
  row('pending', 'a failed input', badly, { to: 'depFail', command: 'fail', ...waitingFor(2) }),
  row('pending', 'its try being prepared', prepared, { to: 'launched', command: 'launch' }),
  row('pending', 'a remembered value', recalled, { to: 'memoDone', command: 'fulfil' }),
  row('pending', 'a remembered failure', recalledFailure, { to: 'failed', command: 'fail' }),
  row('pending', 'a refusal', refused, { to: 'failed', command: 'fail' }),
  row('pending', 'a stop', stopRequested, { to: 'cancelled', command: 'fail' }),

  row('launched', 'its start', started, { to: 'running' }),
  row('launched', 'a value without a start', succeeded, { to: 'execDone', command: 'fulfil' }),
  row('launched', 'a failure', failed, { to: 'failed', command: 'fail' }),
  row('launched', 'a loss', lost, { to: 'pending', command: 'prepare', budgets: { infrastructureRetries: 1 } }),
  row('launched', 'a stop', stopRequested, { to: 'launched', command: 'stop' }),

  row('running', 'a value', succeeded, { to: 'execDone', command: 'fulfil' }),
  row('running', 'a value to be remembered', succeeded, { to: 'running', command: 'remember', ...cached }),
  row('running', 'its memoizer', remembered, { to: 'execDone', command: 'fulfil', given: reported, ...cached }),
  row('running', 'what a join body gave', succeeded, { to: 'joining', command: 'join', ...join }),
  row('running', 'a failure beyond its budget', failed, {
    to: 'failed',
    command: 'fail',
    budgets: { infrastructureRetries: 9 },
  }),
  row('running', 'a failure within its budget', failed, { to: 'pending', command: 'prepare', budgets: { retries: 1 } }),
  row('running', 'a failure that waits', later, {
    to: 'failRetryable',
    command: 'retryAfter',
    budgets: { retries: 1 },
  }),
  row('running', 'a failure that costs more than is left', dear, {
    to: 'failed',
    command: 'fail',
    budgets: { retries: 1 },
  }),
  row('running', 'a loss beyond its budget', lost, { to: 'failed', command: 'fail', budgets: { retries: 9 } }),
  row('running', 'a loss within its budget', lost, {
    to: 'pending',
    command: 'prepare',
    budgets: { infrastructureRetries: 1 },
  }),
  row('running', 'an end by a stop that was not asked for', stoppedUnasked, {
    to: 'cancelled',
    command: 'fail',
    budgets: { retries: 9, infrastructureRetries: 9 },
  }),
  row('running', 'a stop', stopRequested, { to: 'running', command: 'stop' }),
  row('running', 'a second stop', stopRequested, { to: 'running', given: stopping }),
  row('running', 'a failure while it is stopped', failed, {
    to: 'cancelled',
    command: 'fail',
    given: stopping,
    budgets: { retries: 9 },
  }),
  row('running', 'a loss while it is stopped', lost, {
    to: 'cancelled',
    command: 'fail',
    given: stopping,
    budgets: { infrastructureRetries: 9 },
  }),
  row('running', 'a stop while its value is remembered', stopRequested, { to: 'running', given: reported, ...cached }),

  row('joining', 'a join of nothing', joinFound, { to: 'joining', command: 'unwrapJoin' }),
  row('joining', 'futures found', joinFound, { to: 'joining', ...waitingFor(2) }),
  row('joining', 'a circle', circleFound, { to: 'failed', command: 'fail', ...waitingFor(2) }),
  row('joining', 'an inner end', settled, { to: 'joining', ...waitingFor(2) }),
  row('joining', 'the last inner end', settled, { to: 'joining', command: 'unwrapJoin', ...waitingFor(1) }),
  row('joining', 'an inner failure that is not the last end', badly, { to: 'joining', ...waitingFor(2) }),
  row('joining', 'a last inner failure', badly, { to: 'failed', command: 'fail', ...waitingFor(1) }),
  row('joining', 'its value', joined, { to: 'execDone', command: 'fulfil' }),
  row('joining', 'its value to be remembered', joined, { to: 'joining', command: 'remember', ...cachedJoin }),
  row('joining', 'its memoizer', remembered, { to: 'execDone', command: 'fulfil', ...cachedJoin }),
  row('joining', 'a value that cannot be walked', refused, { to: 'failed', command: 'fail' }),
  row('joining', 'a stop', stopRequested, { to: 'cancelled', command: 'fail', ...waitingFor(2) }),

  row('failRetryable', 'its time', retryDue, { to: 'pending', command: 'prepare' }),
  row('failRetryable', 'a stop', stopRequested, { to: 'cancelled', command: 'fail' }),
]
