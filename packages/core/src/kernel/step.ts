import { FINAL_STATES, InternalConsistencyError } from '@parsl/interfaces'
import type { Command } from './commands.js'
import type { KernelEvent } from './events.js'
import type { KernelState } from './state.js'
import { transitions } from './transitions.js'

type Step = (state: KernelState, event: KernelEvent) => Command | undefined

/** A report of a try that is not the task's newest, or of one that was reported before. */
const isStale = (event: KernelEvent): boolean =>
  (event.type === 'succeeded' || event.type === 'failed' || event.type === 'started') &&
  event.attempt !== event.task.current

/**
 * The one place where the state of the kernel changes: no I/O, no clock, no user code. Gives what must follow, if anything.
 * @throws InternalConsistencyError `PARSL_INTERNAL` for an event that cannot happen in the task's state, with the task's story
 */
export const step = (state: KernelState, event: KernelEvent, now: number): Command | undefined => {
  const { task } = event
  state.now = now
  if (isStale(event)) {
    state.dropped++
    return undefined
  }
  state.story.note(task.id, task.state, event.type)
  const handler = transitions[task.state]?.[event.type]
  if (handler) return (handler as Step)(state, event)
  if (FINAL_STATES.has(task.state)) return undefined
  throw new InternalConsistencyError(
    `task ${task.id} cannot take ${event.type} while ${task.state}`,
    state.story.of(task.id),
  )
}
