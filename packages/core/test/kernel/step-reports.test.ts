import { describe, expect, it } from 'vitest'
import type { KernelEvent } from '../../src/kernel/events.js'
import { liveTasks } from '../../src/kernel/state.js'
import { step } from '../../src/kernel/step.js'
import type { TaskRecord } from '../../src/kernel/task.js'
import {
  counted,
  emptyState,
  failed,
  feed,
  FINAL,
  prepared,
  settled,
  started,
  stopRequested,
  submitted,
  succeeded,
  taskIn,
  tryOf,
} from './step-fixture.js'

describe('reports that are not news', () => {
  it.each([
    ['a start', (task: TaskRecord) => started(task, tryOf(task))],
    ['a value', (task: TaskRecord) => succeeded(task, tryOf(task))],
    ['a failure', (task: TaskRecord) => failed(task, { attempt: tryOf(task) })],
  ] as const)('of an earlier try are dropped and counted: %s', (_what, event) => {
    for (const where of ['pending', 'launched', 'running', 'joining', 'failRetryable', 'execDone'] as const) {
      const state = emptyState()
      const task = taskIn(state, where)
      const before = { ...task }
      expect(feed(state, event(task))).toBeUndefined()
      expect({ ...task }).toEqual(before)
      expect(state.dropped).toBe(1)
    }
  })

  it.each([
    ['value', 'value', succeeded, succeeded],
    ['value', 'failure', succeeded, failed],
    ['value', 'start', succeeded, started],
    ['failure', 'failure', failed, failed],
    ['failure', 'value', failed, succeeded],
    ['failure', 'start', failed, started],
  ] as const)('are dropped and counted after a %s: a %s of the same try', (_first, _second, first, second) => {
    const state = emptyState()
    const task = taskIn(state, 'running')
    const late = second(task)
    feed(state, first(task), late)
    expect(state.dropped).toBe(1)
    expect(FINAL).toContain(task.state)
    expect(state.live).toBe(0)
  })

  it('are dropped and counted while a further try is under way', () => {
    const state = emptyState({ retries: 1 })
    const task = taskIn(state, 'running')
    const late = [started(task), succeeded(task), failed(task)]
    feed(state, failed(task), prepared(task))
    for (const event of late) expect(feed(state, event)).toBeUndefined()
    expect(task).toMatchObject({ state: 'launched', attempt: 1 })
    expect(state.dropped).toBe(3)
  })

  it('are dropped and counted where they are a second start', () => {
    const state = emptyState()
    const task = taskIn(state, 'running')
    expect(feed(state, started(task))).toBeUndefined()
    expect(task.state).toBe('running')
    expect(state.dropped).toBe(1)
    expect(feed(state, succeeded(task))).toMatchObject({ type: 'fulfil' })
  })

  it('are ignored where they are events of a task that has ended', () => {
    const state = emptyState()
    const task = taskIn(state, 'execDone')
    const late: readonly KernelEvent[] = [
      settled(task),
      settled(task, true),
      prepared(task),
      stopRequested(task),
      { type: 'recalled', task, hit: { ok: true, value: 1 } },
      { type: 'refused', task, error: 'no' },
      { type: 'remembered', task, value: 1 },
      { type: 'joinFound', task, circle: undefined },
      { type: 'joined', task, value: 1 },
      { type: 'retryDue', task },
    ]
    for (const event of late) expect(feed(state, event)).toBeUndefined()
    expect(counted(state)).toEqual([['execDone', 1]])
    expect(state.live).toBe(0)
  })
})

describe('a pair of state and event that must not happen', () => {
  it.each([
    ['running', 'prepared', prepared],
    ['launched', 'submitted', submitted],
    ['launched', 'dependencySettled', settled],
    ['joining', 'retryDue', (task: TaskRecord): KernelEvent => ({ type: 'retryDue', task })],
    ['failRetryable', 'dependencySettled', settled],
    ['pending', 'joined', (task: TaskRecord): KernelEvent => ({ type: 'joined', task, value: 1 })],
  ] as const)('is refused with the story of the task: %s and %s', (where, type, event) => {
    const state = emptyState()
    const other = taskIn(state, 'running')
    const task = taskIn(state, where)
    const before = { counts: { ...state.counts }, live: state.live, tasks: liveTasks(state) }
    const thrown = (): unknown => {
      try {
        return step(state, event(task), 0)
      } catch (error) {
        return error
      }
    }
    expect(thrown()).toMatchObject({
      code: 'PARSL_INTERNAL',
      message: expect.stringContaining(`task ${task.id} cannot take ${type} while ${where}`),
      details: { story: expect.arrayContaining(['submitted while pending', `${type} while ${where}`]) },
    })
    expect({ counts: { ...state.counts }, live: state.live, tasks: liveTasks(state) }).toEqual(before)
    expect(other.state).toBe('running')
  })

  it('has a story of the last 512 events, oldest first, and of one task only', () => {
    const state = emptyState()
    const early = taskIn(state, 'launched')
    const tasks = Array.from({ length: 200 }, () => taskIn(state, 'running'))
    expect(state.story.of(early.id)).toEqual([])
    const last = tasks.at(-1) as TaskRecord
    expect(state.story.of(last.id)).toEqual([
      'submitted while pending',
      'prepared while pending',
      'started while launched',
    ])
  })
})
