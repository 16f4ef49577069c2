import { join, resolve } from 'node:path'
import { isOutput } from '@parsl/data'
import { ConfigurationError } from '@parsl/interfaces'
import { isStreamPlace } from '../app/options.js'
import type { DataFuture } from '../future/data-future.js'
import { promiseOutput } from './gather.js'
import { moreOf, type StreamOption, type TaskRecord, type TaskStream } from './task.js'

/** What the name of an automatic stream file is made from. */
export interface StreamOwner {
  readonly taskId: number
  readonly app: string
  readonly label: string | undefined
}

/** Chooses where an `'auto'` stream goes. What it throws rejects the task's future. */
export type StdAutopath = (task: StreamOwner, stream: 'stdout' | 'stderr') => Exclude<StreamOption, 'auto'>

type Stream = 'stdout' | 'stderr'

/** The worker's own stream. */
export const INHERITED: TaskStream = { place: undefined, output: undefined, target: () => 'inherit' }
const IGNORED: TaskStream = { place: undefined, output: undefined, target: () => 'ignore' }

const TASKS_PER_FOLDER = 10_000
const unsafe = /[^\w.-]+/g

/** `task_logs/0000/task_0007_align_left.stdout`; further tries are kept apart. */
const automatic = ({ id, app }: TaskRecord, stream: Stream, runDir: string): TaskStream => {
  const folder = String(Math.floor(id / TASKS_PER_FOLDER)).padStart(4, '0')
  const label = app.label === undefined ? '' : `_${app.label}`
  const stem = join(
    runDir,
    'task_logs',
    folder,
    `task_${String(id).padStart(4, '0')}_${app.name}${label}`.replaceAll(unsafe, '_'),
  )
  return {
    place: `${stem}.${stream}`,
    output: undefined,
    target: (attempt) => ({ path: attempt === 0 ? `${stem}.${stream}` : `${stem}.try${attempt}.${stream}`, mode: 'a' }),
  }
}

const given = (task: TaskRecord, option: Exclude<StreamOption, 'auto'>): TaskStream => {
  if (option === 'inherit') return INHERITED
  if (option === 'ignore') return IGNORED
  if (typeof option !== 'string' && isOutput(option)) {
    return {
      place: promiseOutput(task, option) as DataFuture,
      output: option,
      target: () => ({ path: option.file.path, mode: 'w' }),
    }
  }
  const { path, mode } =
    typeof option === 'string'
      ? { path: option, mode: 'a' }
      : (option as { readonly path: string; readonly mode: string })
  const absolute = resolve(path)
  return { place: absolute, output: undefined, target: () => ({ path: absolute, mode }) }
}

const streamOf = (
  task: TaskRecord,
  stream: Stream,
  how: { readonly runDir: string; readonly autopath: StdAutopath | undefined },
): TaskStream => {
  const option = task.app[stream]
  if (option === undefined) return INHERITED
  if (option !== 'auto') return given(task, option)
  if (!how.autopath) return automatic(task, stream, how.runDir)
  const chosen: unknown = how.autopath({ taskId: task.id, app: task.app.name, label: task.app.label }, stream)
  const expected = isStreamPlace(chosen)
  if (expected === undefined) return given(task, chosen as Exclude<StreamOption, 'auto'>)
  throw new ConfigurationError([`stdAutopath must return ${expected} for ${stream} of app ${task.app.name}`])
}

/** Decides where the streams of a task go, where its app says anything of them. Throws what the callback throws. */
export const decideStreams = (
  task: TaskRecord,
  how: { readonly runDir: string; readonly autopath: StdAutopath | undefined },
): void => {
  if (task.app.stdout === undefined && task.app.stderr === undefined) return
  const stdout = streamOf(task, 'stdout', how)
  const stderr = streamOf(task, 'stderr', how)
  if (stdout !== INHERITED || stderr !== INHERITED) moreOf(task).streams = { stdout, stderr }
}
