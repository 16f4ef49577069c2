/**
 * A recorded workflow run again, its times scaled down, beside the schedule that takes no time but the tasks' own, and beside the least that any schedule
 * takes. Bodies wait and do not compute, so there may be more slots than cores. One JSON line a measure.
 */
import { readFile } from 'node:fs/promises'
import { printer } from './output/printer.ts'
import { argumentsOf, type ReplayArguments } from './replay/arguments.ts'
import { executors } from './replay/executors.ts'
import { graphOf, type GraphTask, lowerBoundMs, remainingPaths } from './replay/graph.ts'
import { type ListedTask, listSchedule } from './replay/list-schedule.ts'
import { overheadsOf } from './replay/overheads.ts'
import { ReplayError } from './replay/replay-error.ts'
import { replay } from './replay/run.ts'
import { readRecording, type Recording } from './replay/wf-format.ts'

/** What a replay takes where no scale is given. */
const WANTED_MS = 40_000

const read = async (file: string): Promise<Recording> => {
  try {
    return readRecording(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof ReplayError) throw error
    throw new ReplayError(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

/** Never slower than it was recorded. */
const scaleFor = (recording: Recording, { file, slots }: ReplayArguments): number =>
  Math.min(1, WANTED_MS / lowerBoundMs(graphOf(recording, { scale: 1, source: file }), slots))

/** Where the critical path goes first, the longer the path below a task, the more urgent it is. */
const listed = (tasks: readonly GraphTask[], order: ReplayArguments['order']): readonly ListedTask[] => {
  if (order === 'submission') return tasks
  const paths = remainingPaths(tasks)
  return tasks.map((task, index) => ({ ...task, priority: -(paths[index] ?? 0) }))
}

const main = async (args: readonly string[]): Promise<void> => {
  const given = argumentsOf(args)
  const { file, slots, order, executor } = given
  const recording = await read(file)
  const scale = given.scale ?? scaleFor(recording, given)
  const tasks = listed(graphOf(recording, { scale, source: file }), order)
  const boundMs = lowerBoundMs(tasks, slots)
  if (boundMs === 0) throw new ReplayError(`${file} cannot be replayed: all its run times are 0`)
  const { makespanMs: idealMs } = listSchedule(tasks, slots)
  const { makespanMs, ran } = await replay(tasks, { slots, executor })

  const print = printer('replay', 4)
  const what = `${tasks.length} tasks of ${recording.name}, ${slots} slots (${executor}), ${order} order`
  const ideal = { name: 'list schedule', value: idealMs / 1_000 }
  print('replay_scale', scale, 'of the recorded times')
  print('replay_makespan', makespanMs / 1_000, `s, ${what}`, ideal)
  print('replay_over_ideal', makespanMs / idealMs, 'ratio')
  print('replay_over_bound', makespanMs / boundMs, 'ratio')
  print('ideal_over_bound', idealMs / boundMs, 'ratio')
  const { late, handOver } = overheadsOf(tasks, ran)
  print('body_late', late, 'ms, median')
  if (executors[executor].hasWorkers) print('hand_over', handOver, 'ms, median')
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof ReplayError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
