import { type Compared, differencesOf, nearestTo } from '@parsl/core/checkpoints'
import { failure } from '../failure.js'
import { print } from '../output.js'
import { nameOf } from '../runs/find.js'
import { timeText } from '../runs/words.js'
import { type Checkpoints, runOf } from './open.js'

/** A task, and its run where that is not the newest that has a checkpoint. */
export interface EntryName {
  readonly run: number | undefined
  readonly task: number
}

/** A remembered call, with the run that made it; `undefined` where that run is gone. */
interface Call extends Compared {
  readonly run: number | undefined
  readonly app: string
}

const labelOf = ({ taskId, run }: Call): string =>
  `task ${taskId} of ${run === undefined ? 'a run that is gone' : `run ${nameOf(run)}`}`

async function* callsOf({ reader, numbers }: Checkpoints, app?: string): AsyncGenerator<Call> {
  for await (const { entry } of reader.scan(app === undefined ? {} : { app }))
    yield { ...entry, key: Buffer.from(entry.key).toString('hex'), run: numbers.get(entry.runId) }
}

const find = async (checkpoints: Checkpoints, name: EntryName): Promise<Call> => {
  const newest = checkpoints.dirs.at(-1)
  const run = name.run ?? (newest === undefined ? undefined : runOf(newest))
  if (run === undefined) throw failure('there are no checkpoints: name the folder of your runs with --run-dir')
  for await (const call of callsOf(checkpoints)) if (call.run === run && call.taskId === name.task) return call
  const why = 'it was not to be remembered, it failed, its result was found again, or it was pruned'
  throw failure(`no result of task ${name.task} of run ${nameOf(run)} is remembered: ${why}`)
}

/** The calls of its app that were remembered before it. */
async function* before(checkpoints: Checkpoints, now: Call): AsyncGenerator<Call> {
  for await (const call of callsOf(checkpoints, now.app)) {
    const isSame = call.runId === now.runId && call.taskId === now.taskId
    if (!isSame && call.at <= now.at) yield call
  }
}

const compare = async (
  { reader }: Checkpoints,
  earlier: Call,
  now: Call,
): Promise<ReturnType<typeof differencesOf>> => {
  if (earlier.key === now.key) return []
  const [then, later] =
    earlier.body === now.body
      ? [[], []]
      : await Promise.all([reader.bodyParts(earlier.body), reader.bodyParts(now.body)])
  const found = [...differencesOf(then ?? [], later ?? []), ...differencesOf(earlier.parts, now.parts)]
  return found.length > 0 ? found : [{ part: `function ${now.app}`, before: undefined, now: undefined }]
}

const differenceLine = ({ part, before: then, now }: ReturnType<typeof differencesOf>[number]): string =>
  then === undefined && now === undefined
    ? `  ${part}`
    : `  ${part}: then ${then ?? 'another'}, now ${now ?? 'another'}`

const tell = (now: Call, earlier: Call | undefined, differences: ReturnType<typeof differencesOf>): string[] => {
  const head = `${labelOf(now)} (${now.app}), remembered ${timeText(now.at)}`
  if (!earlier) return [head, `no earlier call of ${now.app} is remembered`]
  const other = `${labelOf(earlier)}, remembered ${timeText(earlier.at)}`
  if (differences.length === 0) return [head, `is the same call as ${other}`]
  return [head, `differs from ${other}, in`, ...differences.map(differenceLine)]
}

const facts = (call: Call): object => ({
  run: call.run ?? null,
  task: call.taskId,
  app: call.app,
  key: call.key,
  at: new Date(call.at).toISOString(),
})

/** Says in which parts of its key a remembered call differs from another one, or from the one before it that is most like it. */
export const explain = async (
  checkpoints: Checkpoints,
  asked: { readonly name: EntryName; readonly other: EntryName | undefined; readonly json: boolean },
): Promise<void> => {
  const now = await find(checkpoints, asked.name)
  const earlier = asked.other ? await find(checkpoints, asked.other) : await nearestTo(now, before(checkpoints, now))
  if (earlier && earlier.app !== now.app)
    throw failure(
      `${labelOf(now)} is of app ${now.app}, and ${labelOf(earlier)} of ${earlier.app}: compare calls of one app`,
    )
  const differences = earlier ? await compare(checkpoints, earlier, now) : []
  if (asked.json)
    return print(JSON.stringify({ ...facts(now), nearest: earlier ? facts(earlier) : null, differences }, undefined, 2))
  await print(tell(now, earlier, differences).join('\n'))
}
