import type { PruneOptions } from '@parsl/core/checkpoints'
import { DURATION_FORMS, durationMs } from '@parsl/interfaces'
import { Command, InvalidArgumentError } from 'commander'
import { numberOf, runDirOption } from '../runs/options.js'
import { type EntryName, explain } from './explain.js'
import { list } from './list.js'
import { withCheckpoints } from './open.js'
import { prune } from './prune.js'

interface Common {
  readonly runDir: string
  readonly json?: true
}

interface PruneFlags extends Common, Omit<PruneOptions, 'runDir'> {}

const entryOf = (text: string): EntryName => {
  const [, run, task] = /^(?:(\d{1,15}):)?(\d{1,15})$/.exec(text) ?? []
  if (task === undefined) throw new InvalidArgumentError('Give the number of a task, or RUN:TASK.')
  return { run: run === undefined ? undefined : Number(run), task: Number(task) }
}

const ageOf = (text: string): string | number => {
  const age = /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (durationMs(age) === undefined) throw new InvalidArgumentError(`Give ${DURATION_FORMS}.`)
  return age
}

const lsCommand = (): Command =>
  new Command('ls')
    .description('Lists the checkpoints of all runs, or the results in that of one.')
    .argument('[run]', 'number of a run', numberOf)
    .option('--app <name>', 'only results of this app')
    .addOption(runDirOption())
    .option('--json', 'print JSON; of one run, an object a result')
    .action((run: number | undefined, { runDir, app, json }: Common & { readonly app?: string }) =>
      withCheckpoints(runDir, (checkpoints) => list(checkpoints, { run, app, json: json === true })),
    )

const explainCommand = (): Command =>
  new Command('explain')
    .description(
      'Says in which parts of its key a call differs from the earlier one of its app that is most like it, or from another that is named.',
    )
    .argument('<entry>', 'a task of the newest checkpoint, or RUN:TASK', entryOf)
    .argument('[other]', 'the call to compare it with', entryOf)
    .addOption(runDirOption())
    .option('--json', 'print JSON')
    .action((name: EntryName, other: EntryName | undefined, { runDir, json }: Common) =>
      withCheckpoints(runDir, (checkpoints) => explain(checkpoints, { name, other, json: json === true })),
    )

const pruneCommand = (): Command =>
  new Command('prune')
    .description(
      'Drops results that are there again in a later checkpoint, and those that the options name; where there are several, results that meet all.',
    )
    .option('--older-than <duration>', 'drop what was remembered longer ago', ageOf)
    .option('--app <name>', 'drop results of this app')
    .option('--keep-runs <number>', 'drop results of all but so many of the latest runs', numberOf)
    .option('--dry-run', 'only say what would be done')
    .option('--assume-ended', 'take runs of other machines for ended')
    .addOption(runDirOption())
    .option('--json', 'print JSON')
    .action(({ json, ...options }: PruneFlags) => prune(options, json === true))

/** `parsl checkpoint`: results that are remembered from run to run. */
export const checkpointCommand = (): Command => {
  const checkpoint = new Command('checkpoint')
    .summary('list, explain and prune remembered results')
    .description('Looks into the checkpoints of runs.')
    .helpCommand(false)
  for (const command of [lsCommand(), explainCommand(), pruneCommand()]) checkpoint.addCommand(command)
  return checkpoint
}
