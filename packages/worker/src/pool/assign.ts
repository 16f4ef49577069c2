import { roomAhead } from './pace.js'
import type { PoolState, PoolWorker, Work } from './state.js'
import type { PoolCommand } from './step.js'

const isIdle = <W extends Work>({ phase, current }: PoolWorker<W>): boolean => phase === 'ready' && !current

const hasRoom = <W extends Work>(
  state: PoolState<W>,
  { phase, current, ahead, isLow, ended }: PoolWorker<W>,
): boolean =>
  phase === 'ready' &&
  ended + 1 + ahead.length < state.limits.maxTasksPerWorker &&
  isLow &&
  current !== undefined &&
  !state.stops.has(current) &&
  ahead.length < roomAhead(state, ahead.at(-1) ?? current)

/** A worker is filled up when half of what may lie ahead of it is done: many tries in one message cost less. */
const markLow = <W extends Work>(state: PoolState<W>): void => {
  for (const worker of state.workers.values()) {
    const { current, ahead } = worker
    worker.isLow = current === undefined || ahead.length * 2 <= roomAhead(state, ahead.at(-1) ?? current)
  }
}

/** Idle workers first, then the one with the least before it. */
const workerFor = <W extends Work>(state: PoolState<W>, work: W): PoolWorker<W> | undefined => {
  const mayWaitThere = state.limits.depth > 0 && roomAhead(state, work) > 0
  let best: PoolWorker<W> | undefined
  for (const worker of state.workers.values()) {
    if (worker.heapMb !== work.heapMb) continue
    if (isIdle(worker)) return worker
    if (!mayWaitThere || !hasRoom(state, worker)) continue
    if (best === undefined || worker.ahead.length < best.ahead.length) best = worker
  }
  return best
}

const give = <W extends Work>(worker: PoolWorker<W>, work: W): PoolCommand<W>[] => {
  const sent = { type: 'send', worker: worker.id, work } as const
  if (worker.current) {
    worker.ahead.push(work)
    return [sent]
  }
  worker.current = work
  return [sent, { type: 'began', worker: worker.id, work }]
}

const countStarting = <W extends Work>({ workers }: PoolState<W>): number => {
  let count = 0
  for (const { phase } of workers.values()) if (phase === 'starting') count++
  return count
}

const openOne = <W extends Work>(state: PoolState<W>, heapMb: number | undefined): PoolCommand<W> => {
  const id = state.nextWorker++
  state.workers.set(id, { id, heapMb, phase: 'starting', current: undefined, ahead: [], isLow: true, ended: 0 })
  return { type: 'open', worker: id, heapMb }
}

/** Starts workers ahead of what they will run. */
export const openSome = <W extends Work>(
  state: PoolState<W>,
  { count }: { readonly count: number },
): readonly PoolCommand<W>[] => {
  const wanted = Math.min(count, state.limits.size) - state.workers.size
  return Array.from({ length: Math.max(0, wanted) }, () => openOne(state, undefined))
}

/** Has workers started for what waits, or one that idles make room for one with the right heap. */
const openFor = <W extends Work>(state: PoolState<W>, work: W): PoolCommand<W>[] => {
  const { workers, limits, line } = state
  const wanted = Math.min(limits.size - workers.size, line.size - countStarting(state))
  if (wanted > 0) return Array.from({ length: wanted }, () => openOne(state, work.heapMb))
  for (const worker of workers.values()) {
    if (!isIdle(worker) || worker.heapMb === work.heapMb) continue
    worker.phase = 'ending'
    return [{ type: 'end', worker: worker.id }]
  }
  return []
}

const isWorse = (priority: number | undefined, than: number): boolean => priority === undefined || priority > than

/** Tries sent ahead that something more urgent now waits behind. */
const overtaken = <W extends Work>({ workers }: PoolState<W>, urgency: number): PoolCommand<W>[] =>
  [...workers.values()].flatMap(({ id, ahead }) => {
    const works = ahead.filter(({ priority }) => isWorse(priority, urgency))
    return works.length > 0 ? [{ type: 'takeBack', worker: id, works } as const] : []
  })

/** Nothing waits and a worker idles: half of what lies ahead of the fullest may come to it. */
const share = <W extends Work>({ workers }: PoolState<W>): PoolCommand<W>[] => {
  const all = [...workers.values()]
  const fullest = all.reduce<PoolWorker<W> | undefined>(
    (most, worker) => (worker.ahead.length > (most?.ahead.length ?? 0) ? worker : most),
    undefined,
  )
  if (!fullest || !all.some((worker) => isIdle(worker) && worker.heapMb === fullest.heapMb)) return []
  const { id, ahead } = fullest
  return [{ type: 'takeBack', worker: id, works: ahead.slice(Math.floor(ahead.length / 2)) }]
}

/** Hands out what waits to those that can take it, and asks for workers where there are too few. */
export const assign = <W extends Work>(state: PoolState<W>): readonly PoolCommand<W>[] => {
  if (state.over) return []
  const { line } = state
  if (state.limits.depth > 0 && line.size > 0) markLow(state)
  const commands: PoolCommand<W>[] = []
  for (let work = line.peek(); work; work = line.peek()) {
    const worker = workerFor(state, work)
    if (!worker) {
      const urgent = work.priority === undefined ? [] : overtaken(state, work.priority)
      return [...commands, ...openFor(state, work), ...urgent]
    }
    line.next()
    commands.push(...give(worker, work))
  }
  return state.limits.depth > 0 ? [...commands, ...share(state)] : commands
}
