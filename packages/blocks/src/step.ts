import { FINAL_JOB_STATES, type JobId, type JobStatus } from '@parsl/interfaces'
import { chooseBlocks } from './choose.js'
import { blockDied, submissionRefused, takeTurns } from './pace.js'
import { type BlockLoads, type BlockRecord, type BlocksState, MOST_ENDED } from './state.js'

/** What can happen to blocks. */
export type BlocksEvent =
  | { readonly type: 'asked'; readonly count: number }
  /** What had to wait may go on. */
  | { readonly type: 'woken' }
  | { readonly type: 'submitted'; readonly block: string; readonly job: JobId }
  | { readonly type: 'refused'; readonly block: string; readonly reason: string }
  | { readonly type: 'polled'; readonly statuses: ReadonlyMap<JobId, JobStatus> }
  | { readonly type: 'pollFailed'; readonly reason: string }
  /** The first of a block's workers is there. */
  | { readonly type: 'connected'; readonly block: string }
  | {
      readonly type: 'tooMany'
      readonly count: number
      readonly idleMs: number | undefined
      readonly loads: BlockLoads
    }
  | { readonly type: 'drained'; readonly blocks: readonly string[] }
  | { readonly type: 'cancelFailed'; readonly blocks: readonly string[] }
  | { readonly type: 'closed' }

/** What must follow. */
export type BlocksCommand =
  | { readonly type: 'submit'; readonly block: string }
  | { readonly type: 'drain'; readonly blocks: readonly string[] }
  | { readonly type: 'cancel'; readonly blocks: readonly string[] }
  /** It has a job from now on. */
  | { readonly type: 'guard'; readonly block: string; readonly job: JobId }
  /** Its status is another than before; `ended` for the last time. */
  | { readonly type: 'changed'; readonly record: BlockRecord; readonly ended: boolean }
  | { readonly type: 'wake'; readonly at: number }

type Commands = readonly BlocksCommand[]
type EventOf<Type extends BlocksEvent['type']> = Extract<BlocksEvent, { type: Type }>

const NOTHING: Commands = []

const changed = (record: BlockRecord): BlocksCommand => ({ type: 'changed', record, ended: record.phase === 'ended' })

/** `failed, exit code 1`. */
const endText = ({ state, message }: JobStatus): string => (message === undefined ? state : `${state}: ${message}`)

/** What an end means to us. */
const lastStatus = ({ unwanted, connected, job }: BlockRecord, status: JobStatus): JobStatus => {
  if (unwanted) return { ...status, state: 'scaledIn', message: `ended on request (${endText(status)})` }
  if (connected || job === undefined) return status
  return { ...status, state: 'missing', message: `ended before any of its workers connected (${endText(status)})` }
}

const end = (state: BlocksState, record: BlockRecord, status: JobStatus): BlocksCommand => {
  record.status = lastStatus(record, status)
  record.phase = 'ended'
  state.live.delete(record.id)
  state.ended.push(record)
  if (state.ended.length > MOST_ENDED) state.ended.shift()
  return changed(record)
}

const cancel = (records: readonly BlockRecord[], now: number): Commands => {
  for (const record of records) {
    record.phase = 'cancelling'
    record.unwanted = true
    record.cancelledAt = now
  }
  return records.length > 0 ? [{ type: 'cancel', blocks: records.map(({ id }) => id) }] : NOTHING
}

const asked = (state: BlocksState, { count }: EventOf<'asked'>, now: number): Commands => {
  if (state.over || now < state.notBefore) return NOTHING
  const room = state.limits.max - state.live.size
  for (let left = Math.min(count, room); left > 0; left--) {
    const id = String(state.nextId++)
    const status = { state: 'pending', message: 'not submitted yet' } as const
    const record: BlockRecord = {
      id,
      phase: 'requested',
      job: undefined,
      status,
      connected: false,
      unwanted: false,
      cancelledAt: -Infinity,
    }
    state.live.set(id, record)
  }
  return NOTHING
}

const submitted = (state: BlocksState, { block, job }: EventOf<'submitted'>, now: number): Commands => {
  const record = state.live.get(block)
  if (record?.phase !== 'submitting') return NOTHING
  state.refusals = 0
  record.job = job
  record.phase = 'live'
  record.status = { state: 'pending' }
  const guard = { type: 'guard', block, job } as const
  return [guard, changed(record), ...(record.unwanted ? cancel([record], now) : NOTHING)]
}

const refused = (state: BlocksState, { block, reason }: EventOf<'refused'>, now: number): Commands => {
  const record = state.live.get(block)
  if (record?.phase !== 'submitting') return NOTHING
  submissionRefused(state, now)
  return [end(state, record, { state: 'failed', message: reason })]
}

const lookAt = (state: BlocksState, record: BlockRecord, { status, now }: { status: JobStatus; now: number }) => {
  if (FINAL_JOB_STATES.has(status.state)) {
    if (!record.unwanted && !record.connected) blockDied(state, now)
    return [end(state, record, status)]
  }
  const { state: before, message } = record.status
  const isNew = before !== status.state || message !== status.message
  record.status = status
  const isLate = record.phase === 'cancelling' && now - record.cancelledAt >= state.pace.cancelAgainMs
  return [...(isNew ? [changed(record)] : NOTHING), ...(isLate ? cancel([record], now) : NOTHING)]
}

const polled = (state: BlocksState, { statuses }: EventOf<'polled'>, now: number): Commands => {
  state.silence = 0
  return [...state.live.values()].flatMap((record) => {
    const status = record.job === undefined ? undefined : statuses.get(record.job)
    return status === undefined ? NOTHING : lookAt(state, record, { status, now })
  })
}

const pollFailed = (state: BlocksState, { reason }: EventOf<'pollFailed'>): Commands => {
  if (++state.silence !== state.pace.silentPolls) return NOTHING
  return [...state.live.values()].flatMap((record) => {
    if (record.job === undefined) return NOTHING
    record.status = { state: 'unknown', message: `the batch system does not answer: ${reason}` }
    return [changed(record)]
  })
}

const connected = (state: BlocksState, { block }: EventOf<'connected'>): Commands => {
  const record = state.live.get(block)
  if (!record || record.connected) return NOTHING
  record.connected = true
  state.deaths = 0
  return NOTHING
}

/** What was not submitted yet never is. */
const drop = (state: BlocksState, records: readonly BlockRecord[]): Commands =>
  records
    .filter(({ phase }) => phase === 'requested')
    .map((record) => end(state, record, { state: 'cancelled', message: 'it was not submitted yet' }))

/** Ends blocks in the way that their phase allows; those that are being submitted go once they are there. */
const letGo = (state: BlocksState, records: readonly BlockRecord[], now: number): Commands => {
  for (const record of records) record.unwanted = true
  const live = records.filter(({ phase }) => phase === 'live')
  const working = live.filter((record) => record.connected)
  for (const record of working) record.phase = 'draining'
  return [
    ...drop(state, records),
    ...(working.length > 0 ? [{ type: 'drain', blocks: working.map(({ id }) => id) } as const] : NOTHING),
    ...cancel(
      live.filter((record) => !record.connected),
      now,
    ),
  ]
}

const tooMany = (state: BlocksState, { count, idleMs, loads }: EventOf<'tooMany'>, now: number): Commands => {
  const candidates = [...state.live.values()].filter(({ unwanted }) => !unwanted)
  const most = Math.min(count, candidates.length - state.limits.min)
  return letGo(state, chooseBlocks(candidates, loads, { count: most, idleMs }), now)
}

const recordsOf = ({ live }: BlocksState, ids: readonly string[]): readonly BlockRecord[] =>
  ids.flatMap((id) => live.get(id) ?? [])

const drained = (state: BlocksState, { blocks }: EventOf<'drained'>, now: number): Commands =>
  cancel(
    recordsOf(state, blocks).filter(({ phase }) => phase === 'draining'),
    now,
  )

const cancelFailed = (state: BlocksState, { blocks }: EventOf<'cancelFailed'>): Commands => {
  // With the next look at it.
  for (const record of recordsOf(state, blocks)) record.cancelledAt = -Infinity
  return NOTHING
}

const closed = (state: BlocksState, _event: EventOf<'closed'>, now: number): Commands => {
  state.over = true
  const records = [...state.live.values()]
  for (const record of records) record.unwanted = true
  const withJobs = records.filter(({ phase }) => phase === 'live' || phase === 'draining')
  return [...drop(state, records), ...cancel(withJobs, now)]
}

const handlers = {
  asked,
  woken: () => NOTHING,
  submitted,
  refused,
  polled,
  pollFailed,
  connected,
  tooMany,
  drained,
  cancelFailed,
  closed,
} satisfies { readonly [Type in BlocksEvent['type']]: unknown }

/** Submits those whose turn it is; where some have to wait, says until when. */
const submitSome = (state: BlocksState, now: number): Commands => {
  const commands = takeTurns(state, now).map(({ id }): BlocksCommand => ({ type: 'submit', block: id }))
  for (const command of commands)
    if (command.type === 'submit') (state.live.get(command.block) as BlockRecord).phase = 'submitting'
  const mustWait = !state.over && now < state.notBefore && [...state.live.values()].some(isRequested)
  return mustWait ? [...commands, { type: 'wake', at: state.notBefore }] : commands
}
const isRequested = ({ phase }: BlockRecord): boolean => phase === 'requested'

/** The one place where the state of blocks changes. */
export const step = (state: BlocksState, event: BlocksEvent, now: number): Commands => {
  const handle = handlers[event.type] as (state: BlocksState, event: BlocksEvent, now: number) => Commands
  const commands = handle(state, event, now)
  return [...commands, ...submitSome(state, now)]
}
