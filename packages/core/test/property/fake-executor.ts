import type { Executor, ExecutorContext, FailureKind, RunningExecutor, TaskTry } from '@parsl/interfaces'
import { RunningBody } from '@parsl/worker'
import type { JsFate } from './plan.js'

/** How a try ended, before the kernel hears of it. */
type Held = { readonly attempt: TaskTry } & (
  | { readonly value: unknown }
  | { readonly error: unknown; readonly kind: FailureKind }
)

/** The infrastructure lost a try. */
export class Lost extends Error {
  override readonly name = 'Lost'
  readonly key: string
  readonly attempt: number

  constructor(key: string, attempt: number) {
    super(`try ${attempt} of ${key} was lost`)
    this.key = key
    this.attempt = attempt
  }
}

/** One thing that the executor may do next. */
export type Move = () => void

/** An executor that does nothing by itself: the test makes each of its moves. */
export interface FakeExecutor {
  readonly plugin: Executor
  /** Moves towards the end of what was submitted. */
  moves(): readonly Move[]
  /** Reports that are no news: late ones, doubled ones, and of tries that were never given to it. */
  noises(): readonly Move[]
  /** Tries that it was given, for others to report. */
  readonly given: readonly TaskTry[]
  /** How many reports it made that must be dropped. */
  readonly dropped: () => number
}

const newMoves = (context: ExecutorContext, fateOf: (attempt: TaskTry) => JsFate) => {
  const { report } = context
  const queued = new Set<TaskTry>()
  const running = new Map<TaskTry, RunningBody>()
  const held = new Set<Held>()
  const toAnswer = new Map<TaskTry, unknown>()
  const past: TaskTry[] = []
  const hold = (one: Held): void => {
    running.delete(one.attempt)
    held.add(one)
  }
  const place = {
    ...context,
    report: {
      succeeded: (attempt: TaskTry, value: unknown) => hold({ attempt, value }),
      failed: (attempt: TaskTry, error: unknown, kind: FailureKind) => hold({ attempt, error, kind }),
    },
  }
  const lose = (attempt: TaskTry): void => report.failed(attempt, new Lost(attempt.spec.app, attempt.attempt), 'lost')
  const start = (attempt: TaskTry): void => {
    queued.delete(attempt)
    if (fateOf(attempt) === 'lostBefore') {
      past.push(attempt)
      return lose(attempt)
    }
    report.started(attempt, 'fake')
    const body = new RunningBody(attempt, place)
    running.set(attempt, body)
    body.start()
  }
  const finish = (one: Held): void => {
    const { attempt } = one
    held.delete(one)
    past.push(attempt)
    if (fateOf(attempt) === 'lostAfter') lose(attempt)
    else if ('value' in one) report.succeeded(attempt, one.value)
    else report.failed(attempt, one.error, one.kind)
  }
  const answer = (attempt: TaskTry, reason: unknown): void => {
    toAnswer.delete(attempt)
    past.push(attempt)
    report.failed(attempt, reason, 'stopped')
  }
  const stop = (attempt: TaskTry, reason: unknown): void => {
    running.get(attempt)?.stop(reason)
    if (queued.delete(attempt)) toAnswer.set(attempt, reason)
  }
  const moves = (): readonly Move[] => [
    ...[...queued].map((attempt) => () => start(attempt)),
    ...[...held].map((one) => () => finish(one)),
    ...[...toAnswer].map(
      ([attempt, reason]) =>
        () =>
          answer(attempt, reason),
    ),
  ]
  return { queued, running, past, stop, moves }
}

export const newFakeExecutor = (
  label: string,
  fateOf: (attempt: TaskTry) => JsFate,
  others: () => readonly TaskTry[],
): FakeExecutor => {
  const given: TaskTry[] = []
  let running: ReturnType<typeof newMoves> | undefined
  let report: ExecutorContext['report'] | undefined
  let dropped = 0

  const start = async (context: ExecutorContext): Promise<RunningExecutor> => {
    const made = newMoves(context, fateOf)
    running = made
    report = context.report
    return {
      submit: (attempt) => {
        given.push(attempt)
        made.queued.add(attempt)
      },
      stop: made.stop,
      load: () => ({ outstanding: made.queued.size, slots: 4 }),
      close: async () => {},
    }
  }
  const noise = (attempt: TaskTry): readonly Move[] => {
    const ways: readonly Move[] = [
      () => report?.started(attempt, 'elsewhere'),
      () => report?.succeeded(attempt, 'not its value'),
      ...(['body', 'lost', 'stopped'] as const).map(
        (kind) => () => report?.failed(attempt, new Error('not its error'), kind),
      ),
    ]
    return ways.map((way) => () => {
      dropped++
      way()
    })
  }
  const noises = (): readonly Move[] => {
    const made = running
    if (!made) return []
    const strange = [undefined, {}, { ...given[0] }] as readonly TaskTry[]
    const again = [...made.running.keys()].flatMap((attempt) => noise(attempt).slice(0, 1))
    return [...[...made.past, ...others(), ...strange].flatMap(noise), ...again]
  }
  return {
    plugin: {
      label,
      capabilities: { isolation: 'none', resources: [], priorities: false, forcedStop: false, capturesStreams: false },
      start,
    },
    moves: () => running?.moves() ?? [],
    noises,
    given,
    dropped: () => dropped,
  }
}
