import { DependencyError, JoinError, type TaskState } from '@parsl/interfaces'
import type { Command } from './commands.js'
import type { EventOf, KernelEvent } from './events.js'
import { type KernelState, link, unlink } from './state.js'
import { moreOf, type TaskRecord } from './task.js'

type Handler<Type extends KernelEvent['type']> = (state: KernelState, event: EventOf<Type>) => Command | undefined
type Row = { readonly [Type in KernelEvent['type']]?: Handler<Type> }

const NO_ARGS: readonly unknown[] = []

const move = (state: KernelState, task: TaskRecord, to: TaskState): void => {
  state.counts[task.state]--
  state.counts[to]++
  task.state = to
  state.changes?.push({ task, state: to, attempt: task.attempt, at: state.now, error: undefined })
}

/** Says why the last change came about. */
const noteError = (state: KernelState, error: unknown): void => {
  const change = state.changes?.at(-1)
  if (change) change.error = error
}

/** The task ends: nothing but its future may remember it. */
const end = (state: KernelState, task: TaskRecord, final: TaskState): void => {
  move(state, task, final)
  unlink(state, task)
  task.args = NO_ARGS
  const { more } = task
  if (!more) return
  more.waitsFor = undefined
  more.settlements = undefined
  more.joined = undefined
  more.release?.()
  more.release = undefined
}

/** The task ends as failed, whatever it was about. */
export const abandon = (state: KernelState, task: TaskRecord): void => end(state, task, 'failed')

const fulfil = (
  state: KernelState,
  event: { readonly task: TaskRecord; readonly value: unknown },
): Command | undefined => {
  end(state, event.task, 'execDone')
  return { type: 'fulfil', task: event.task, value: event.value }
}

const fail = (
  state: KernelState,
  task: TaskRecord,
  outcome: { readonly final: TaskState; readonly error: unknown },
): Command | undefined => {
  end(state, task, outcome.final)
  noteError(state, outcome.error)
  return { type: 'fail', task, error: outcome.error }
}

const dependencyFailed = (state: KernelState, task: TaskRecord): Command | undefined =>
  fail(state, task, { final: 'depFail', error: new DependencyError(task.id, task.more?.failures ?? []) })

const submitted: Handler<'submitted'> = (state, { task, refusal }) => {
  link(state, task)
  state.counts.pending++
  state.changes?.push({ task, state: 'pending', attempt: 0, at: state.now, error: undefined })
  if (refusal) return fail(state, task, { ...refusal })
  if (task.more?.failures) return dependencyFailed(state, task)
  return task.waiting === 0 ? { type: 'prepare', task } : undefined
}

const inputSettled: Handler<'dependencySettled'> = (state, { task, failure }) => {
  task.waiting--
  if (failure) {
    ;(moreOf(task).failures ??= []).push(failure)
    return dependencyFailed(state, task)
  }
  return task.waiting === 0 ? { type: 'prepare', task } : undefined
}

const prepared: Handler<'prepared'> = (state, { task, attempt }) => {
  task.current = attempt
  task.executor = attempt.executor.plugin.label
  if (task.more) task.more.waitsFor = undefined
  move(state, task, 'launched')
  return { type: 'launch', task, attempt }
}

const recalled: Handler<'recalled'> = (state, { task, hit }) => {
  if (!hit.ok) return fail(state, task, { final: 'failed', error: hit.error })
  end(state, task, 'memoDone')
  return { type: 'fulfil', task, value: hit.value }
}

const refused: Handler<'refused'> = (state, { task, error }) => fail(state, task, { final: 'failed', error })

const startedAgain: Handler<'started'> = (state) => {
  state.dropped++
  return undefined
}

const started: Handler<'started'> = (state, { task, where }) => {
  task.where = where
  move(state, task, 'running')
  return undefined
}

const succeeded: Handler<'succeeded'> = (state, { task, value }) => {
  task.current = undefined
  if (task.app.kind === 'join') {
    move(state, task, 'joining')
    moreOf(task).joined = value
    return { type: 'join', task }
  }
  return task.app.cache ? { type: 'remember', task, value } : fulfil(state, { task, value })
}

const tryAgain = (state: KernelState, event: EventOf<'failed'>): Command | undefined => {
  const { task, error, delayMs } = event
  ;(moreOf(task).history ??= []).push({ attempt: task.attempt, executor: task.executor, where: task.where, error })
  move(state, task, 'failRetryable')
  noteError(state, error)
  task.attempt++
  if (delayMs > 0) return { type: 'retryAfter', task, delayMs }
  move(state, task, 'pending')
  return { type: 'prepare', task }
}

const mayTryAgain = (state: KernelState, { task, kind, cost }: EventOf<'failed'>): boolean => {
  if (kind === 'lost') return ++moreOf(task).lost <= (task.app.infrastructureRetries ?? state.infrastructureRetries)
  if (kind === 'stopped') return false
  const more = moreOf(task)
  more.spent += cost
  return more.spent <= (task.app.retries ?? state.retries)
}

const failed: Handler<'failed'> = (state, event) => {
  const { task, error, kind } = event
  task.current = undefined
  const stopping = task.more?.stopping
  if (stopping) return fail(state, task, stopping)
  if (mayTryAgain(state, event) && !state.draining) return tryAgain(state, event)
  return fail(state, task, { final: kind === 'stopped' ? 'cancelled' : 'failed', error })
}

const joinEnds = (state: KernelState, task: TaskRecord): Command | undefined => {
  if (task.waiting > 0) return undefined
  if (task.more?.failures)
    return fail(state, task, { final: 'failed', error: new JoinError(task.id, task.more?.failures) })
  return { type: 'unwrapJoin', task }
}

const joinFound: Handler<'joinFound'> = (state, { task, circle }) =>
  circle ? fail(state, task, { final: 'failed', error: circle }) : joinEnds(state, task)

const innerSettled: Handler<'dependencySettled'> = (state, { task, failure }) => {
  task.waiting--
  if (failure) (moreOf(task).failures ??= []).push(failure)
  return joinEnds(state, task)
}

const joined: Handler<'joined'> = (state, event) =>
  event.task.app.cache ? { type: 'remember', task: event.task, value: event.value } : fulfil(state, event)

const retryDue: Handler<'retryDue'> = (state, { task }) => {
  move(state, task, 'pending')
  return { type: 'prepare', task }
}

const stopIdle: Handler<'stopRequested'> = (state, { task, error, final }) => fail(state, task, { final, error })

const stopJoin: Handler<'stopRequested'> = (state, { task, error, final }) => {
  const inner = task.more?.waitsFor
  end(state, task, final)
  noteError(state, error)
  return { type: 'fail', task, error, inner }
}

const stopActive: Handler<'stopRequested'> = (_state, { task, error, final }) => {
  if (task.more?.stopping || !task.current) return undefined
  moreOf(task).stopping = { error, final }
  return { type: 'stop', task, attempt: task.current, error }
}

const active: Row = { succeeded, failed, remembered: fulfil, stopRequested: stopActive }

/** What each event does in each state. A pair that is not here must not happen, unless the task has ended. */
export const transitions: { readonly [State in TaskState]?: Row } = {
  pending: { submitted, dependencySettled: inputSettled, prepared, recalled, refused, stopRequested: stopIdle },
  launched: { ...active, started },
  running: { ...active, started: startedAgain },
  joining: { joinFound, dependencySettled: innerSettled, joined, refused, remembered: fulfil, stopRequested: stopJoin },
  failRetryable: { retryDue, stopRequested: stopIdle },
}
