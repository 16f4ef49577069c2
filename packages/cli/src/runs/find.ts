import { resolve } from 'node:path'
import { listRuns, type Run } from '@parsl/core/runs'
import { failure } from '../failure.js'

/** `007` */
export const nameOf = (number: number): string => String(number).padStart(3, '0')

/** Every run below a folder; a failure for people where there is no such folder. */
export const runsBelow = async (runDir: string): Promise<readonly Run[]> => {
  try {
    return await listRuns(runDir)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'there is no such folder' : message
    throw failure(`no runs in ${resolve(runDir)}: ${what}. Name the folder of your runs with --run-dir`)
  }
}

/** The run of this number, or the newest. */
export const chooseRun = (runs: readonly Run[], number: number | undefined, runDir: string): Run => {
  const newest = runs.at(-1)
  if (!newest) throw failure(`no runs in ${resolve(runDir)}: the folder holds none. Name another with --run-dir`)
  if (number === undefined) return newest
  const run = runs.find((one) => one.number === number)
  if (run) return run
  throw failure(`no run ${nameOf(number)} in ${resolve(runDir)}: the newest is ${nameOf(newest.number)}`)
}
