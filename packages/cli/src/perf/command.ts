import { BYTES_FORMS, bytesOf, DURATION_FORMS, durationMs } from '@parsl/interfaces'
import { Command, InvalidArgumentError, Option } from 'commander'
import { existingFile } from '../existing-file.js'
import { print, styled } from '../output.js'
import { measure, type PerfListener, type PerfOptions } from './measure.js'
import { type Iteration, parseIteration } from './plan.js'

interface Options extends Omit<PerfOptions, 'targetSeconds' | 'config'> {
  readonly config?: string
  /** In seconds. */
  readonly time: number
  readonly json?: true
}

const asNumber = (text: string): number | string => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text)

const timeOf = (text: string): number => {
  const ms = durationMs(asNumber(text))
  if (ms === undefined || ms === 0) throw new InvalidArgumentError(`Give ${DURATION_FORMS}.`)
  return ms / 1_000
}

const sizeOf = (text: string): number => {
  const bytes = bytesOf(asNumber(text))
  if (bytes === undefined) throw new InvalidArgumentError(`Give ${BYTES_FORMS}.`)
  return bytes
}

const iterationOf = (text: string): Iteration => {
  const iteration = parseIteration(text)
  if (typeof iteration === 'object' && 'problem' in iteration)
    throw new InvalidArgumentError(`It does not name an iteration: ${iteration.problem}`)
  return iteration
}

const resourcesOf = (text: string): Options['resources'] => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // What follows says it.
  }
  throw new InvalidArgumentError(`Give an object as JSON, such as '{"cores":1,"memory":"1GiB"}'.`)
}

const rate = (tasks: number, seconds: number): string => `${(tasks / seconds).toFixed(0)} tasks/second`

const forPeople = (targetSeconds: number): PerfListener => ({
  starts: (batch, tasks) => print(`${styled('bold', `batch ${batch}`)}: ${tasks} tasks`),
  ended: async (_batch, { tasks, submitSeconds, seconds }) => {
    await print(`  submission: ${submitSeconds.toFixed(3)} s, ${rate(tasks, submitSeconds)}`)
    await print(`  runtime:    ${seconds.toFixed(3)} s of ${targetSeconds} s`)
    await print(`  throughput: ${rate(tasks, seconds)}`)
  },
})

const forPrograms = (targetSeconds: number): PerfListener => ({
  starts: async () => {},
  ended: (batch, { tasks, submitSeconds, seconds }) =>
    print(
      JSON.stringify({
        batch,
        tasks,
        submitSeconds,
        submitPerSecond: tasks / submitSeconds,
        seconds,
        targetSeconds,
        perSecond: tasks / seconds,
      }),
    ),
})

const perf = async ({ time, json, config, ...options }: Options): Promise<void> => {
  const file = config === undefined ? undefined : await existingFile(config, 'the configuration')
  await measure({ ...options, config: file, targetSeconds: time }, json ? forPrograms(time) : forPeople(time))
}

/** `parsl perf`: tasks a second that a configuration carries. */
export const perfCommand = (version: string): Command =>
  new Command('perf')
    .summary('measure how many tasks a second a configuration carries')
    .description(
      'Runs batches of tasks that do nothing, and prints how fast they were submitted and done. The first batch also starts the workers.',
    )
    .option('--config <file>', 'module that exports `config` or `freshConfig()` (default: this machine)')
    .addOption(
      new Option('--time <duration>', 'what the last batch shall take, such as 90 or 2m')
        .argParser(timeOf)
        .default(120, '2m'),
    )
    .option('--argsize <bytes>', 'size of the argument of each task', sizeOf, 0)
    .option('--iterate <mode>', 'estimate, exponential, or sizes of batches such as 10,100', iterationOf, 'estimate')
    .addOption(
      new Option('--resources <json>', 'what each task asks for, such as {"cores":1}')
        .argParser(resourcesOf)
        .default({}, 'nothing'),
    )
    .option('--json', 'print one JSON object a batch')
    .version(`parsl perf ${version}`, '--version', 'print the version')
    .action(perf)
