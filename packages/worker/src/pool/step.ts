import type { FailureKind } from '@parsl/interfaces'
import { assign, openSome } from './assign.js'
import { learnPace } from './pace.js'
import type { PoolState, PoolWorker, Stop, Work } from './state.js'

/** What can happen to a pool. */
export type PoolEvent<W extends Work, Outcome = unknown> =
  | { readonly type: 'submitted'; readonly work: W }
  /** Time to hand out what waits. */
  | { readonly type: 'turn' }
  /** So many workers are to be there, before there is work for them. */
  | { readonly type: 'wanted'; readonly count: number }
  | { readonly type: 'ready'; readonly worker: number }
  | {
      readonly type: 'finished'
      readonly worker: number
      readonly work: W
      readonly ms: number
      readonly outcome: Outcome
    }
  | ({ readonly type: 'stopRequested'; readonly work: W } & Stop)
  /** What runs should have ended long ago: its worker does not listen. */
  | ({ readonly type: 'overdue'; readonly work: W } & Stop)
  /** Of what was to be taken back, the tries that had not begun. */
  | { readonly type: 'takenBack'; readonly worker: number; readonly works: readonly W[] }
  /** It takes nothing more, and ends with what it runs. */
  | { readonly type: 'tainted'; readonly worker: number }
  /** `untouched`: tries sent ahead that had not begun. `failure` is why the one that ran has none of its own. */
  | {
      readonly type: 'gone'
      readonly worker: number
      readonly untouched: readonly W[]
      readonly failure: { readonly error: Error; readonly kind: FailureKind }
    }
  | { readonly type: 'closed' }

/** What must follow. */
export type PoolCommand<W extends Work, Outcome = unknown> =
  | { readonly type: 'open'; readonly worker: number; readonly heapMb: number | undefined }
  | { readonly type: 'send'; readonly worker: number; readonly work: W }
  | { readonly type: 'began'; readonly worker: number; readonly work: W }
  | { readonly type: 'takeBack'; readonly worker: number; readonly works: readonly W[] }
  | ({ readonly type: 'askToStop'; readonly worker: number; readonly work: W } & Stop)
  | { readonly type: 'end'; readonly worker: number }
  | { readonly type: 'kill'; readonly worker: number; readonly work: W | undefined }
  | { readonly type: 'ended'; readonly work: W; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly work: W; readonly error: unknown; readonly kind: FailureKind }
  | { readonly type: 'broken'; readonly error: Error }

type Commands<W extends Work> = readonly PoolCommand<W>[]
type EventOf<W extends Work, Type extends PoolEvent<W>['type']> = Extract<PoolEvent<W>, { type: Type }>

/** Workers that end one after the other before they are ready, until the pool is given up. */
const MOST_FAILED_STARTS = 3

const NOTHING: Commands<never> = []

/** What a worker runs next of what it was sent. */
const begin = <W extends Work>(state: PoolState<W>, worker: PoolWorker<W>): Commands<W> => {
  const work = worker.ahead.shift()
  worker.current = work
  if (work === undefined) return NOTHING
  const began = { type: 'began', worker: worker.id, work } as const
  const stop = state.stops.get(work)
  return stop ? [began, { type: 'askToStop', worker: worker.id, work, ...stop }] : [began]
}

const endIfDone = <W extends Work>(worker: PoolWorker<W>): Commands<W> => {
  if (worker.phase !== 'retiring' || worker.current) return NOTHING
  worker.phase = 'ending'
  return [{ type: 'end', worker: worker.id }]
}

const retire = <W extends Work>(worker: PoolWorker<W>): Commands<W> => {
  if (worker.phase === 'ending') return NOTHING
  worker.phase = 'retiring'
  const { id, ahead } = worker
  return ahead.length > 0 ? [{ type: 'takeBack', worker: id, works: [...ahead] }] : endIfDone(worker)
}

/** What is said of a try that was to stop, however it ended. */
const endOf = <W extends Work>(state: PoolState<W>, work: W): PoolCommand<W> | undefined => {
  const stop = state.stops.get(work)
  if (stop === undefined) return undefined
  state.stops.delete(work)
  return { type: 'failed', work, error: stop.reason, kind: stop.kind }
}

const finished = <W extends Work>(state: PoolState<W>, event: EventOf<W, 'finished'>): Commands<W> => {
  const worker = state.workers.get(event.worker)
  if (worker?.current !== event.work) return NOTHING
  const { work, ms, outcome } = event
  learnPace(state, work, ms)
  const end = endOf(state, work) ?? { type: 'ended', work, outcome }
  worker.ended++
  const next = begin(state, worker)
  const isSpent = worker.phase === 'ready' && worker.ended >= state.limits.maxTasksPerWorker
  return [end, ...next, ...(isSpent ? retire(worker) : endIfDone(worker))]
}

const holderOf = <W extends Work>({ workers }: PoolState<W>, work: W): PoolWorker<W> | undefined => {
  for (const worker of workers.values()) {
    if (worker.current === work || worker.ahead.includes(work)) return worker
  }
  return undefined
}

const stopRequested = <W extends Work>(state: PoolState<W>, event: EventOf<W, 'stopRequested'>): Commands<W> => {
  const { work, reason, kind } = event
  if (state.stops.has(work)) return NOTHING
  const worker = holderOf(state, work)
  if (worker === undefined) {
    return state.line.remove(work) ? [{ type: 'failed', work, error: reason, kind }] : NOTHING
  }
  state.stops.set(work, { reason, kind })
  if (worker.current === work) return [{ type: 'askToStop', worker: worker.id, work, reason, kind }]
  return [{ type: 'takeBack', worker: worker.id, works: [work] }]
}

const overdue = <W extends Work>(state: PoolState<W>, { work, reason, kind }: EventOf<W, 'overdue'>): Commands<W> => {
  const worker = holderOf(state, work)
  if (worker?.current !== work || worker.phase === 'ending') return NOTHING
  if (!state.stops.has(work)) state.stops.set(work, { reason, kind })
  worker.phase = 'ending'
  return [{ type: 'kill', worker: worker.id, work }]
}

const takenBack = <W extends Work>(state: PoolState<W>, event: EventOf<W, 'takenBack'>): Commands<W> => {
  const worker = state.workers.get(event.worker)
  if (worker) worker.ahead = worker.ahead.filter((work) => !event.works.includes(work))
  return [...putBack(state, event.works), ...(worker ? endIfDone(worker) : NOTHING)]
}

/** They wait again, before those that came after them, unless they are to stop. */
const putBack = <W extends Work>(state: PoolState<W>, works: readonly W[]): Commands<W> =>
  works.toReversed().flatMap((work) => {
    const stopped = endOf(state, work)
    if (stopped) return [stopped]
    state.line.giveBack(work)
    return []
  })

const failAll = <W extends Work>(state: PoolState<W>, error: Error): Commands<W> => {
  state.over = true
  const commands: PoolCommand<W>[] = []
  for (let work = state.line.next(); work; work = state.line.next())
    commands.push({ type: 'failed', work, error, kind: 'lost' })
  return [{ type: 'broken', error }, ...commands]
}

const gone = <W extends Work>(state: PoolState<W>, event: EventOf<W, 'gone'>): Commands<W> => {
  const worker = state.workers.get(event.worker)
  if (worker === undefined) return NOTHING
  state.workers.delete(worker.id)
  const { error, kind } = event.failure
  const begun = [...(worker.current ? [worker.current] : []), ...worker.ahead].filter(
    (work) => !event.untouched.includes(work),
  )
  const failed = begun.map((work) => endOf(state, work) ?? ({ type: 'failed', work, error, kind } as const))
  const back = putBack(state, event.untouched)
  if (worker.phase !== 'starting' || state.over) return [...failed, ...back]
  const isHopeless = ++state.failedStarts >= MOST_FAILED_STARTS
  return isHopeless ? [...failed, ...back, ...failAll(state, error)] : [...failed, ...back]
}

const ready = <W extends Work>(state: PoolState<W>, { worker: id }: EventOf<W, 'ready'>): Commands<W> => {
  const worker = state.workers.get(id)
  if (worker?.phase !== 'starting') return NOTHING
  worker.phase = 'ready'
  state.failedStarts = 0
  return NOTHING
}

const closed = <W extends Work>(state: PoolState<W>): Commands<W> => {
  state.over = true
  return [...state.workers.values()].flatMap((worker) => {
    const { id, current } = worker
    worker.phase = 'ending'
    return [current ? { type: 'kill', worker: id, work: current } : { type: 'end', worker: id }]
  })
}

type Handlers = { readonly [Type in PoolEvent<Work>['type']]: unknown }
const handlers = {
  submitted: <W extends Work>(state: PoolState<W>, { work }: EventOf<W, 'submitted'>): Commands<W> => {
    state.line.push(work)
    return NOTHING
  },
  turn: assign,
  wanted: openSome,
  ready,
  finished,
  stopRequested,
  overdue,
  takenBack,
  tainted: <W extends Work>(state: PoolState<W>, event: EventOf<W, 'tainted'>): Commands<W> => {
    const worker = state.workers.get(event.worker)
    return worker ? retire(worker) : NOTHING
  },
  gone,
  closed,
} satisfies Handlers

/** The one place where the state of a pool changes. */
export const step = <W extends Work>(state: PoolState<W>, event: PoolEvent<W>): Commands<W> =>
  (handlers[event.type] as (state: PoolState<W>, event: PoolEvent<W>) => Commands<W>)(state, event)
