import { type PrunedFile, type PruneOptions, pruneCheckpoints, type PruneReport } from '@parsl/core/checkpoints'
import { complain, print } from '../output.js'

const fileLine = ({ path, outcome, reason, kept, dropped, bytesFreed }: PrunedFile): string =>
  reason === undefined
    ? `${path}: ${outcome}, ${kept} kept, ${dropped} dropped, ${bytesFreed} bytes freed`
    : `${path}: ${outcome}: ${reason}`

const sumLine = ({ kept, dropped, bytesFreed }: PruneReport, dryRun: boolean): string =>
  `${dryRun ? 'would leave' : 'left'} ${kept} results; ${dropped} dropped, ${bytesFreed} bytes freed`

/** Prunes, and says what became of each file. */
export const prune = async (options: PruneOptions, json: boolean): Promise<void> => {
  const report = await pruneCheckpoints(options)
  if (json) return print(JSON.stringify(report, undefined, 2))
  for (const file of report.files) await print(fileLine(file))
  for (const problem of report.problems) complain(problem)
  await print(sumLine(report, options.dryRun === true))
}
