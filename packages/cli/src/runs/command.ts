import type { Run } from '@parsl/core/runs'
import { Command } from 'commander'
import { print } from '../output.js'
import { countsOf } from './counts.js'
import { describeRun, type FirstFailures } from './describe.js'
import { failuresOf, type TaskFailure } from './failures.js'
import { chooseRun, runsBelow } from './find.js'
import { type CountedRun, runFacts, runTable } from './list.js'
import { numberOf, runDirOption } from './options.js'

interface Options {
  readonly runDir: string
  readonly json?: true
}

const FAILURES_SHOWN = 20

const counted = async (run: Run): Promise<CountedRun> => ({ run, counts: await countsOf(run) })

const printJson = (value: unknown): Promise<void> => print(JSON.stringify(value, undefined, 2))

const firstFailures = async (runDir: string): Promise<FirstFailures> => {
  const shown: TaskFailure[] = []
  let count = 0
  for await (const failure of failuresOf(runDir)) {
    if (failure.state === 'cancelled') continue
    if (count++ < FAILURES_SHOWN) shown.push(failure)
  }
  return { shown, count }
}

const showOne = async (run: Run, json: boolean): Promise<void> => {
  const found = await counted(run)
  const failures = await firstFailures(run.dir)
  if (json)
    return printJson({ ...runFacts(found, Date.now()), failureCount: failures.count, firstFailures: failures.shown })
  await print(describeRun(found, failures, Date.now()).join('\n'))
}

const showAll = async (runs: readonly Run[], json: boolean): Promise<void> => {
  const all: CountedRun[] = []
  for (const run of runs) all.push(await counted(run))
  if (json) return printJson(all.map((one) => runFacts(one, Date.now())))
  await print((runs.length === 0 ? ['no runs yet'] : runTable(all, Date.now())).join('\n'))
}

const show = async (id: number | undefined, { runDir, json }: Options): Promise<void> => {
  const runs = await runsBelow(runDir)
  if (id === undefined) return showAll(runs, json === true)
  return showOne(chooseRun(runs, id, runDir), json === true)
}

/** `parsl runs`: what runs there were, and how they went. */
export const runsCommand = (): Command =>
  new Command('runs')
    .summary('list runs: when, how long, how they went')
    .description('Lists the runs below a folder, or tells all of one: its tasks by state, and its failures.')
    .argument('[run]', 'number of a run', numberOf)
    .addOption(runDirOption())
    .option('--json', 'print JSON')
    .action(show)
