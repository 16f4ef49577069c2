import { createReadStream } from 'node:fs'
import type { Run } from '@parsl/core/runs'
import { print, styled, write } from '../output.js'
import { nameOf } from '../runs/find.js'
import type { LoggedError, LogLine } from '../runs/log.js'
import { commandText, timeText } from '../runs/words.js'
import { standing } from './known.js'
import type { FailedTry, TaskStory } from './story.js'
import type { StreamFile } from './streams.js'

/** All that is known of one task. */
export interface FoundTask {
  readonly run: Run
  readonly task: number
  readonly story: TaskStory
  readonly streams: ReadonlyMap<number, readonly StreamFile[]>
}

const indented = (text: string, by: string): string => text.replaceAll(/^/gm, by)

const stackOf = ({ type, message, stack }: LoggedError): string => stack ?? `${type}: ${message}`

/** An error with those that caused it. */
const errorText = (error: LoggedError): string => {
  const inner = (error.aggregateErrors ?? []).map((one) => indented(errorText(one), '  '))
  const cause = error.cause ? [`caused by ${errorText(error.cause)}`] : []
  return [stackOf(error), ...inner, ...cause].join('\n')
}

/** Tasks whose failure is behind this one. */
const rootsOf = (tries: readonly FailedTry[]): number[] => {
  const failures = tries.at(-1)?.error.details?.['failures']
  if (!Array.isArray(failures)) return []
  return failures.flatMap((one: { readonly what?: unknown } | null) => {
    const [, task] = /^task (\d+)/.exec(String(one?.what)) ?? []
    return task === undefined ? [] : [Number(task)]
  })
}

const tellStream = async ({ stream, path, bytes }: StreamFile): Promise<void> => {
  const size = bytes === undefined ? ' (not there)' : bytes === 0 ? ' (empty)' : ''
  await print(styled('dim', `  ${stream}: ${path}${size}`))
  if (!bytes) return
  let last = 10
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
    await write(part)
    last = part.at(-1) ?? last
  }
  if (last !== 10) await print('')
}

const headingOf = (attempt: number, failed: FailedTry | undefined): string => {
  if (failed && failed.executor === undefined) return styled('bold', 'nothing ran')
  const on = failed?.where ?? failed?.executor
  const where = on === undefined ? '' : ` on ${on}`
  return `${styled('bold', `try ${attempt}`)}${where}${failed?.again ? ', which another followed' : ''}`
}

const tellTry = async (attempt: number, failed: FailedTry | undefined, files: readonly StreamFile[]): Promise<void> => {
  await print(`\n${headingOf(attempt, failed)}`)
  if (failed) await print(styled('red', indented(errorText(failed.error), '  ')))
  for (const file of files) await tellStream(file)
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }
const EVERY_LINE = new Set(['level', 'time', 'pid', 'msg', 'task', 'taskId', 'app', 'err', 'type'])

const lineText = (line: LogLine): string => {
  const facts = Object.entries(line).filter(([name]) => !EVERY_LINE.has(name))
  const more = facts.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(facts))}`
  const error = line['err'] === undefined ? '' : `\n${indented(errorText(line['err'] as LoggedError), '    ')}`
  return `  ${timeText(line.time)} ${LEVELS[line.level] ?? line.level} ${line.msg}${more}${error}`
}

/** Tells people all of a task. */
export const tellTask = async ({ run, task, story, streams }: FoundTask): Promise<void> => {
  const app = story.app === undefined ? '' : ` (${story.app})`
  await print(`${styled('bold', `task ${task}${app}`)} of run ${nameOf(run.number)}: ${standing(run, story)}`)
  if (run.record) await print(`  ${commandText(run.record)}`)
  const attempts = new Set([...story.tries.map(({ attempt }) => attempt), ...streams.keys()])
  for (const attempt of [...attempts].toSorted((a, b) => a - b)) {
    const failed = story.tries.find((one) => one.attempt === attempt)
    await tellTry(attempt, failed, streams.get(attempt) ?? [])
  }
  if (story.lines.length > 0) await print(`\n${styled('bold', 'log')}\n${story.lines.map(lineText).join('\n')}`)
  for (const root of rootsOf(story.tries))
    await print(`\nparsl logs ${root} --run ${run.number} tells why task ${root} failed`)
}

/** The same for programs. */
export const taskFacts = ({ run, task, story, streams }: FoundTask): object => ({
  task,
  run: run.number,
  dir: run.dir,
  app: story.app ?? null,
  state: story.state ?? null,
  standing: standing(run, story),
  tries: story.tries.map(({ streams: _places, ...rest }) => rest),
  streams: [...streams].flatMap(([attempt, files]) => files.map((file) => ({ attempt, ...file }))),
  lines: story.lines,
})
