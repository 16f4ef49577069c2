import { expect, it } from 'vitest'
import { FINAL_JOB_STATES } from '../src/job-status.ts'
import { RESOURCE_KEYS } from '../src/resource-spec.ts'
import { FINAL_STATES, TASK_STATES } from '../src/task-state.ts'

it('lists each state of a task and each resource once', () => {
  expect(new Set(TASK_STATES).size).toBe(TASK_STATES.length)
  expect(new Set(RESOURCE_KEYS).size).toBe(RESOURCE_KEYS.length)
})

it('calls final what a task never leaves', () => {
  expect(TASK_STATES.filter((state) => FINAL_STATES.has(state))).toEqual([...FINAL_STATES])
  expect(TASK_STATES.filter((state) => !FINAL_STATES.has(state))).toEqual([
    'pending',
    'launched',
    'running',
    'joining',
    'failRetryable',
  ])
})

it('never calls a job final of which nothing is known', () => {
  expect(['unknown', 'pending', 'running', 'held'].filter((state) => FINAL_JOB_STATES.has(state as 'unknown'))).toEqual(
    [],
  )
})
