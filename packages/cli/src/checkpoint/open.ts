import { basename, dirname } from 'node:path'
import { type CheckpointReader, getAllCheckpoints, openCheckpoints, type Scanned } from '@parsl/core/checkpoints'
import { complain } from '../output.js'
import { runsBelow } from '../runs/find.js'

/** A remembered result without its value. */
export type Entry = Scanned['entry']

/** The number of the run whose checkpoint is in this directory. */
export const runOf = (dir: string): number => Number(basename(dirname(dir)))

/** The checkpoints below a folder of runs. */
export interface Checkpoints {
  readonly reader: CheckpointReader
  /** Their directories, in the order of the runs. */
  readonly dirs: readonly string[]
  /** Numbers of runs by their ids; a result that was found again stands in the checkpoints of later runs too, with the id of its own. */
  readonly numbers: ReadonlyMap<string, number>
}

/** Opens every checkpoint below a folder of runs for the time of `use`; damage is told on standard error, once. */
export const withCheckpoints = async (
  runDir: string,
  use: (checkpoints: Checkpoints) => Promise<void>,
): Promise<void> => {
  const dirs = await getAllCheckpoints(runDir)
  const reader = await openCheckpoints(dirs)
  try {
    const runs = dirs.length === 0 ? [] : await runsBelow(runDir)
    const numbers = new Map(runs.flatMap(({ record, number }) => (record ? [[record.runId, number] as const] : [])))
    await use({ reader, dirs, numbers })
  } finally {
    for (const problem of reader.problems) complain(problem)
    await reader.close()
  }
}
