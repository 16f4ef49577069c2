import { describe, expect, it } from 'vitest'
import { liveTasks } from '../../src/kernel/state.js'
import { moreOf } from '../../src/kernel/task.js'
import {
  counted,
  emptyState,
  FAILURE,
  failed,
  feed,
  FINAL,
  follow,
  freshTask,
  prepared,
  settled,
  started,
  stopRequested,
  submitted,
  succeeded,
  taskIn,
} from './step-fixture.js'
import { ROWS } from './step-table.js'

describe('step', () => {
  it.each(ROWS)('takes a $from task on $on to $to', ({ from, to, command, event, given, task: make, budgets }) => {
    const state = emptyState(budgets)
    const task = taskIn(state, from, make?.())
    given?.(task)
    expect(feed(state, event(task))?.type).toBe(command)
    expect(task.state).toBe(to)
    expect(counted(state)).toEqual([[to, 1]])
    expect(liveTasks(state)).toEqual(FINAL.includes(to) ? [] : [task])
    expect(state.live).toBe(FINAL.includes(to) ? 0 : 1)
    expect(state.dropped).toBe(0)
  })

  it('prepares a task without inputs when it is submitted', () => {
    const task = freshTask()
    expect(feed(emptyState(), submitted(task))).toEqual({ type: 'prepare', task })
  })

  it('commands nothing for a submitted task whose inputs have not ended', () => {
    const task = freshTask()
    task.waiting = 1
    expect(feed(emptyState(), submitted(task))).toBeUndefined()
    expect(task.state).toBe('pending')
  })

  it('fails a submitted task whose inputs have failed before', () => {
    const task = freshTask()
    moreOf(task).failures = [FAILURE]
    expect(feed(emptyState(), submitted(task))).toMatchObject({
      type: 'fail',
      error: { code: 'PARSL_DATAFLOW_DEPENDENCY', cause: 'boom' },
    })
    expect(task.state).toBe('depFail')
  })

  it('ends a refused task with the error of the refusal', () => {
    const state = emptyState()
    const task = freshTask()
    const refusal = { error: 'no', final: 'cancelled' } as const
    expect(feed(state, { type: 'submitted', task, refusal })).toEqual({ type: 'fail', task, error: 'no' })
    expect(counted(state)).toEqual([['cancelled', 1]])
    expect(liveTasks(state)).toEqual([])
  })

  it('gives a try that ends while it is stopped the error of the stop, and its value where it ended well', () => {
    const state = emptyState({ retries: 5 })
    const stopped = taskIn(state, 'running')
    expect(feed(state, stopRequested(stopped), failed(stopped))).toEqual({ type: 'fail', task: stopped, error: 'stop' })
    const quick = taskIn(state, 'running')
    expect(feed(state, stopRequested(quick), succeeded(quick))).toEqual({ type: 'fulfil', task: quick, value: 'value' })
  })

  it('keeps the budgets of failures and of losses apart', () => {
    const state = emptyState({ retries: 2, infrastructureRetries: 1 })
    const task = taskIn(state, 'running')
    for (const kind of ['body', 'lost', 'body'] as const)
      follow(state, task, () => failed(task, { kind, error: kind }), prepared, started)
    expect(task.attempt).toBe(3)
    expect(task.more?.history?.map(({ attempt, error }) => [attempt, error])).toEqual([
      [0, 'body'],
      [1, 'lost'],
      [2, 'body'],
    ])
    expect(feed(state, failed(task, { kind: 'lost', error: 'last' }))).toEqual({ type: 'fail', task, error: 'last' })
  })

  it("lets an app's own budgets win over the kernel's", () => {
    const state = emptyState({ retries: 9, infrastructureRetries: 9 })
    const fragile = taskIn(state, 'running', freshTask('js', { retries: 0 }))
    expect(feed(state, failed(fragile))).toMatchObject({ type: 'fail' })
    const once = taskIn(state, 'running', freshTask('js', { infrastructureRetries: 0 }))
    expect(feed(state, failed(once, { kind: 'lost' }))).toMatchObject({ type: 'fail' })
  })

  it('spends nothing for a failure that costs nothing', () => {
    const state = emptyState()
    const task = taskIn(state, 'running')
    for (let round = 0; round < 50; round++) follow(state, task, () => failed(task, { cost: 0 }), prepared, started)
    expect(task).toMatchObject({ attempt: 50, state: 'running' })
  })

  it.each(['body', 'lost'] as const)('tries nothing again while the kernel drains: %s', (kind) => {
    const state = emptyState({ retries: 9, infrastructureRetries: 9 })
    const task = taskIn(state, 'running')
    state.draining = true
    expect(feed(state, failed(task, { kind, delayMs: 5 }))).toEqual({ type: 'fail', task, error: 'boom' })
    expect(counted(state)).toEqual([['failed', 1]])
  })

  it('keeps every failed inner future of a join', () => {
    const state = emptyState()
    const task = taskIn(state, 'joining')
    task.waiting = 3
    const other = { what: 'task 1 (app)', error: 'bang' }
    const last = { type: 'dependencySettled', task, failure: other } as const
    expect(feed(state, settled(task, true), settled(task), last)).toMatchObject({
      type: 'fail',
      error: { code: 'PARSL_DATAFLOW_JOIN', details: { failures: [FAILURE, other] }, cause: 'boom' },
    })
  })

  it('hands over what a stopped join waits for', () => {
    const state = emptyState()
    const task = taskIn(state, 'joining')
    const inner = [freshTask().future, freshTask().future]
    task.waiting = 2
    moreOf(task).waitsFor = inner
    expect(feed(state, stopRequested(task))).toEqual({ type: 'fail', task, error: 'stop', inner })
  })

  it('lets go of arguments, inputs and timers when a task ends', () => {
    const state = emptyState()
    const task = taskIn(state, 'running')
    let released = 0
    const more = moreOf(task)
    more.release = () => void released++
    more.settlements = new Map()
    more.waitsFor = []
    feed(state, succeeded(task))
    expect(released).toBe(1)
    expect(task).toMatchObject({ args: [], more: { release: undefined, settlements: undefined, waitsFor: undefined } })
  })

  it('tells of each change once, in order, with the time of its event', () => {
    const state = emptyState({ retries: 1 })
    const task = taskIn(state, 'running')
    follow(state, task, failed, prepared, started, succeeded)
    const first = ['pending 0', 'launched 0', 'running 0', 'failRetryable 0']
    const second = ['pending 1', 'launched 1', 'running 1', 'execDone 1']
    expect(state.changes?.map(({ state: to, attempt }) => `${to} ${attempt}`)).toEqual([...first, ...second])
    expect(state.changes?.every(({ at }) => at === state.now)).toBe(true)
  })
})
