import { Command } from 'commander'
import { print } from '../output.js'
import { chooseRun, runsBelow } from '../runs/find.js'
import { logLines, type LogLine } from '../runs/log.js'
import { numberOf, runDirOption } from '../runs/options.js'
import { refuseForeign } from './known.js'
import { storyOf } from './story.js'
import { streamsOf } from './streams.js'
import { taskFacts, tellTask } from './tell.js'

interface Options {
  readonly run?: number
  readonly runDir: string
  readonly json?: true
}

/** The lines of a log that are about a task. */
const linesAbout = async (runDir: string, id: number): Promise<LogLine[]> => {
  const names = new RegExp(`"task(?:Id)?":${id}[,}]`)
  const lines: LogLine[] = []
  for await (const line of logLines(runDir, (text) => names.test(text)))
    if (line['task'] === id || line['taskId'] === id) lines.push(line)
  return lines
}

const logs = async (task: number, { run: number, runDir, json }: Options): Promise<void> => {
  const run = chooseRun(await runsBelow(runDir), number, runDir)
  refuseForeign(run, task)
  const story = storyOf(await linesAbout(run.dir, task))
  const logged = new Map(story.tries.map(({ attempt, streams }) => [attempt, streams]))
  const found = { run, task, story, streams: await streamsOf(run.dir, task, logged) }
  await (json ? print(JSON.stringify(taskFacts(found), undefined, 2)) : tellTask(found))
}

/** `parsl logs`: what is known of one task. */
export const logsCommand = (): Command =>
  new Command('logs')
    .summary('tell all of a task: its tries, errors, output and log')
    .description(
      'Prints what the log of a run tells of a task: each failed try with its error, what the task wrote to its streams, and its lines of the log.',
    )
    .argument('<task>', 'number of the task', numberOf)
    .option('--run <number>', 'the run (default: the newest)', numberOf)
    .addOption(runDirOption())
    .option('--json', 'print JSON, with the places of the streams')
    .action(logs)
