import { AppStalled } from '@parsl/interfaces'
import type { StartedExecutor } from '../executor/started.js'
import type { KernelEvent } from './events.js'
import { type KernelState, liveTasks } from './state.js'
import { descriptionOf } from './gather.js'
import type { Attempt, TaskRecord } from './task.js'

const waitsForForeign = ({ more, waiting }: TaskRecord): boolean => waiting > 0 && more?.settlements !== undefined

const stalled = ({ app, more }: TaskRecord): AppStalled => {
  const pending = (more?.waitsFor ?? []).filter((future) => !future.isSettled).map(descriptionOf)
  return new AppStalled(app.name, pending.length > 0 ? pending.join(', ') : 'something')
}

/**
 * The event loop has nothing left to do, and tasks have not ended: they never will. Bodies in this process come first; then tasks that wait for a promise
 * of somebody else's; then whatever is left.
 */
export const failStalled = (
  state: KernelState,
  executors: readonly StartedExecutor[],
  dispatch: (event: KernelEvent) => void,
): void => {
  const before = state.live
  for (const { running } of executors) running.stalled?.((attempt) => stalled((attempt as Attempt).task))
  if (state.live < before) return
  const live = liveTasks(state)
  const foreign = live.filter(waitsForForeign)
  for (const task of foreign.length > 0 ? foreign : live) {
    const what = foreign.length > 0 ? 'a promise among its inputs' : `what it needs while it is ${task.state}`
    dispatch({ type: 'stopRequested', task, error: new AppStalled(task.app.name, what), final: 'failed' })
  }
}
