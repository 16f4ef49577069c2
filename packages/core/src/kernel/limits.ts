import { AppTimeout, type Clock } from '@parsl/interfaces'
import type { KernelEvent } from './events.js'
import { moreOf, type TaskRecord } from './task.js'

interface Limits {
  /** Watches what may end this task from outside: its timeout, its signal. */
  watch(task: TaskRecord): void
}

/** One listener for each signal, however many tasks have it. */
const newSignalWatch = (abort: (task: TaskRecord, reason: unknown) => void) => {
  const tasks = new WeakMap<AbortSignal, Set<TaskRecord>>()
  const listen = (signal: AbortSignal): Set<TaskRecord> => {
    const set = new Set<TaskRecord>()
    tasks.set(signal, set)
    const onAbort = (): void => {
      for (const task of set) abort(task, signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return set
  }
  return (task: TaskRecord, signal: AbortSignal): (() => void) => {
    const set = tasks.get(signal) ?? listen(signal)
    set.add(task)
    return () => set.delete(task)
  }
}

export const newLimits = (
  clock: Clock,
  dispatch: (event: KernelEvent) => void,
  abort: (task: TaskRecord, reason: unknown) => void,
): Limits => {
  const watchSignal = newSignalWatch(abort)
  return {
    watch: (task) => {
      const { timeoutMs, signal, name } = task.app
      if (timeoutMs === undefined && !signal) return
      const releases: (() => void)[] = []
      if (timeoutMs !== undefined) {
        const error = (): AppTimeout => new AppTimeout({ app: name, limit: 'timeout', limitMs: timeoutMs })
        const stop = (): void => dispatch({ type: 'stopRequested', task, error: error(), final: 'failed' })
        releases.push(clock.after(timeoutMs, stop, 'keepAlive'))
      }
      if (signal) releases.push(watchSignal(task, signal))
      moreOf(task).release = () => releases.forEach((release) => release())
    },
  }
}
