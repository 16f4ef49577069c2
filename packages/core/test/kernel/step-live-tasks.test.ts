import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KernelState, liveTasks } from '../../src/kernel/state.js'
import type { TaskRecord } from '../../src/kernel/task.js'
import {
  emptyState,
  failed,
  feed,
  follow,
  freshTask,
  prepared,
  started,
  stopRequested,
  submitted,
  succeeded,
} from './step-fixture.js'

/** The tasks as the list gives them from its end. */
const backwards = (state: KernelState): TaskRecord[] => {
  const tasks: TaskRecord[] = []
  for (let task = state.last; task; task = task.previous) tasks.push(task)
  return tasks
}

const idsOf = (tasks: readonly TaskRecord[]): number[] => tasks.map(({ id }) => id)

const check = (state: KernelState, model: readonly TaskRecord[], submittedSoFar: number): void => {
  expect(idsOf(liveTasks(state))).toEqual(idsOf(model))
  expect(idsOf(backwards(state))).toEqual(idsOf(model.toReversed()))
  expect(state.live).toBe(model.length)
  const counts = Object.values(state.counts)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(submittedSoFar)
  expect(counts.every((count) => count >= 0)).toBe(true)
  for (const [where, count] of Object.entries(state.counts)) {
    const live = model.filter((task) => task.state === where).length
    if (live > 0) expect(count).toBe(live)
  }
}

const ENDS = {
  well: [prepared, started, succeeded],
  badly: [prepared, started, failed],
  unstarted: [stopRequested],
  stopped: [prepared, started, stopRequested, failed],
} as const

describe('the list of tasks that have not ended', () => {
  it.each([
    ['first', 0, [1, 2]],
    ['middle', 1, [0, 2]],
    ['last', 2, [0, 1]],
  ] as const)('keeps the others when its %s ends', (_where, index, left) => {
    const state = emptyState()
    const tasks = [freshTask(), freshTask(), freshTask()]
    for (const task of tasks) feed(state, submitted(task))
    feed(state, stopRequested(tasks[index] as TaskRecord))
    const rest = left.map((one) => tasks[one] as TaskRecord)
    check(state, rest, 3)
    expect(tasks[index]).toMatchObject({ previous: undefined, next: undefined })
  })

  it('is empty when its only task has ended, and takes further ones', () => {
    const state = emptyState()
    const [one, two] = [freshTask(), freshTask()]
    feed(state, submitted(one), stopRequested(one))
    expect(state).toMatchObject({ first: undefined, last: undefined, live: 0 })
    feed(state, submitted(two))
    check(state, [two], 2)
  })

  it('holds what was submitted and has not ended, in order of submission, whatever ends when and how', () => {
    expect.hasAssertions()
    const act = fc.oneof(
      { weight: 2, arbitrary: fc.constant('submit' as const) },
      {
        weight: 1,
        arbitrary: fc.record({
          at: fc.nat(),
          how: fc.constantFrom('well' as const, 'badly' as const, 'unstarted' as const, 'stopped' as const),
        }),
      },
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const state = emptyState()
        const model: TaskRecord[] = []
        let submittedSoFar = 0
        for (const one of acts) {
          if (one === 'submit') {
            const task = freshTask()
            model.push(task)
            submittedSoFar++
            feed(state, submitted(task))
          } else if (model.length > 0) {
            const [task] = model.splice(one.at % model.length, 1) as [TaskRecord]
            follow(state, task, ...ENDS[one.how])
          }
          check(state, model, submittedSoFar)
        }
      }),
      { numRuns: 300 },
    )
  })
})
