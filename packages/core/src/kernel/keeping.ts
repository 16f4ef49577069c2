import { globFiles, type ExpectedOutput } from '@parsl/data'
import { StagingError } from '@parsl/interfaces'
import type { DataFuture } from '../future/data-future.js'
import type { FilePlan } from '../staging/data-manager.js'
import type { TaskRecord } from './task.js'

/** Files of tasks that ended well, on their way to where they were promised. */
export interface Keeping {
  /** Settles the futures of the files of a task: at once where nothing has to move. */
  keep(task: TaskRecord, plan: FilePlan): void
  /** Resolves when none is on its way. */
  done(): Promise<void>
  /** None gets there any more: their futures reject. */
  callOff(why: string): void
}

/** `lost` hears of each file that does not get there, before its future rejects. */
export const newKeeping = (lost: (future: DataFuture<unknown>, error: unknown) => void): Keeping => {
  const underway = new Map<DataFuture<unknown>, ExpectedOutput>()
  const calledOff = new AbortController()
  let waiting: (() => void)[] = []

  const ended = (future: DataFuture<unknown>): void => {
    underway.delete(future)
    if (underway.size > 0) return
    const all = waiting
    waiting = []
    for (const resolve of all) resolve()
  }
  const fail = (future: DataFuture<unknown>, error: unknown): void => {
    if (future.isSettled) return
    lost(future, error)
    future.fail(error)
    ended(future)
  }
  const bring = async (output: ExpectedOutput, future: DataFuture<unknown>, plan: FilePlan): Promise<void> => {
    try {
      await plan.transferOut(output)?.({ signal: calledOff.signal })
      future.fulfil(output.kind === 'glob' ? await globFiles(plan.output(output).file) : output.file)
      ended(future)
    } catch (error) {
      fail(future, error)
    }
  }
  return {
    keep: (task, plan) => {
      for (const [output, future] of task.more?.files?.outputs ?? []) {
        // A remembered result's files are where the run that was remembered brought them.
        const moves = task.state !== 'memoDone' && plan.transferOut(output) !== undefined
        if (moves || output.kind === 'glob') {
          underway.set(future, output)
          void bring(output, future, plan)
        } else future.fulfil(output.file)
      }
    },
    done: () => (underway.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    callOff: (why) => {
      calledOff.abort(why)
      for (const [future, { file }] of underway) fail(future, new StagingError(file.url, why))
    },
  }
}
