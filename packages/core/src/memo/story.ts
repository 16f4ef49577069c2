import type { MemoExplanation } from '@parsl/interfaces'
import { type Compared, differencesOf, inWords, nearestTo } from './differences.js'
import type { KeyPart } from './store/entries.js'

/** What can be told of one call that was looked up. */
export interface Looked extends Compared {
  readonly app: string
  readonly outcome: MemoExplanation['outcome']
  /** Why what was remembered was not taken, if it was not; of a hit, whose result it is. */
  readonly note: string | undefined
}

/** Where earlier calls are found. */
export interface Earlier {
  /** Remembered calls of an app. */
  calls(app: string): AsyncIterable<Compared>
  /** What a body consisted of. */
  partsOf(body: string): Promise<readonly KeyPart[] | undefined>
}

const nothing = { nearest: undefined, differences: [] }

const whenSaid = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19)

/** `task 3 of this run`, `task 3 of another run, 2026-11-20 17:55:22` */
export const callSaid = (call: Pick<Compared, 'taskId' | 'runId' | 'at'>, runId: string): string =>
  call.runId === runId ? `task ${call.taskId} of this run` : `task ${call.taskId} of a run before, ${whenSaid(call.at)}`

async function* without(looked: Looked, { calls }: Earlier): AsyncGenerator<Compared> {
  for await (const call of calls(looked.app))
    if (call.key !== looked.key && (call.runId !== looked.runId || call.at <= looked.at)) yield call
}

/** Finds the earlier call that is most like this one, and says what differs. */
const missed = async (looked: Looked, earlier: Earlier): Promise<MemoExplanation> => {
  const { key, app, outcome } = looked
  const nearest = await nearestTo(looked, without(looked, earlier))
  if (!nearest) return { outcome, why: `no earlier call of ${app} is remembered`, key, ...nothing }
  const bodies =
    nearest.body === looked.body
      ? [[], []]
      : await Promise.all([earlier.partsOf(nearest.body), earlier.partsOf(looked.body)])
  const differences = [
    ...differencesOf(bodies[0] ?? [], bodies[1] ?? []),
    ...differencesOf(nearest.parts, looked.parts),
  ]
  const whole = differences.length > 0 ? differences : [{ part: `function ${app}`, before: undefined, now: undefined }]
  const { taskId, runId, at } = nearest
  const why = `the call of ${app} most like it, ${callSaid(nearest, looked.runId)}, differs in ${inWords(whole)}`
  return { outcome, why, key, nearest: { taskId, runId, at }, differences: whole }
}

/** Tells why a call was run, or was not. */
export const explanationOf = async (looked: Looked, earlier: Earlier): Promise<MemoExplanation> => {
  const { outcome, note, key } = looked
  if (note !== undefined) return { outcome, why: note, key, ...nothing }
  return missed(looked, earlier)
}
