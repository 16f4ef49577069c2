import {
  AppTimeout,
  type Checks,
  type Clock,
  complaintsAbout,
  ConfigurationError,
  durationMs,
  isPositiveCount,
  isPositiveDuration,
} from '@parsl/interfaces'
import { failureOfCalls } from '@parsl/worker'
import type { AppFuture } from '../future/app-future.js'
import { Feed } from './feed.js'
import { isSource, type Source } from './sources.js'
import type { PoolMapOptions } from './types.js'

/** A `map` as it was asked for. */
export interface MapRequest {
  readonly sources: readonly Source[]
  readonly options: PoolMapOptions
}

const CHECKS: Checks<PoolMapOptions> = {
  timeout: isPositiveDuration,
  chunksize: isPositiveCount,
  buffersize: isPositiveCount,
}

/**
 * Sources, and the options that may follow them.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const requestOf = (rest: readonly unknown[]): MapRequest => {
  const last = rest.at(-1)
  const sources = isSource(last) || last === undefined ? rest : rest.slice(0, -1)
  const given = sources.length < rest.length ? last : {}
  const items = last === undefined && sources.length > 1 ? sources.slice(0, -1) : sources
  const complaints = [
    ...(items.length === 0 ? ['map takes a function and what to call it with: map(fn, items)'] : []),
    ...items.flatMap((item, index) =>
      isSource(item) ? [] : [`argument ${index + 2} of map must be iterable, as an array is`],
    ),
    ...complaintsAbout<PoolMapOptions>(given, CHECKS, 'options of map'),
  ]
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  return { sources: items as Source[], options: given as PoolMapOptions }
}

/** What a task of a map gave: values in order, and why there are no more, if so. */
interface Given {
  readonly values: readonly unknown[]
  readonly failed?: { readonly error: unknown }
}

/** How the tasks of a map are made. */
export interface MapParts {
  readonly name: string
  readonly clock: Clock
  /** Calls the function once. */
  readonly one: (args: readonly unknown[]) => AppFuture<unknown>
  /** Calls it with the first items of the lists, then with the second, and so on. */
  readonly several: (lists: readonly (readonly unknown[])[]) => AppFuture<unknown>
}

/** Lists of the first, second, … parts of rows. */
const columnsOf = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]))

const givenBy = (future: AppFuture<unknown>, isChunk: boolean): Given => {
  future.look()
  const { failure } = future
  if (!failure) return { values: isChunk ? (future.currentValue as unknown[]) : [future.currentValue] }
  const { error, values } = isChunk ? failureOfCalls(failure.error) : { error: failure.error, values: [] }
  return { values, failed: { error } }
}

/** Waits for changes, no longer than until a moment. */
const newWatch = (clock: Clock, until: number) => {
  let wake = (): void => {}
  return {
    changed: () => wake(),
    /** Gives whether something changed in time. */
    next: (): Promise<boolean> =>
      new Promise((resolve) => {
        const late = (): void => resolve(false)
        const callOff = until === Infinity ? undefined : clock.after(until - clock.now(), late, 'keepAlive')
        wake = () => {
          callOff?.()
          resolve(true)
        }
      }),
  }
}

type Watch = ReturnType<typeof newWatch>

/** Waits until the first task that was not taken has ended; gives false where no more will come. (Not the future itself: it would be awaited.) */
const untilEnded = async (feed: Feed, watch: Watch, tooLate: () => Error): Promise<boolean> => {
  let watched: AppFuture<unknown> | undefined
  for (;;) {
    const future = feed.peek()
    if (future?.isSettled === true) return true
    if (!future && feed.end) {
      if ('error' in feed.end) throw feed.end.error
      return false
    }
    if (future && future !== watched) future.watch(watch.changed)
    watched = future
    if (!(await watch.next())) throw tooLate()
  }
}

async function* resultsOf(
  feed: Feed,
  isChunk: boolean,
  hasNext: () => Promise<boolean>,
): AsyncGenerator<unknown, void, undefined> {
  try {
    while (await hasNext()) {
      const { values, failed } = givenBy(feed.take(), isChunk)
      yield* values
      if (failed) throw failed.error
    }
  } finally {
    for (const future of feed.leave()) {
      future.look()
      future.cancel('the loop over map() was left')
    }
  }
}

/** Submits tasks for what the sources give, at once; gives the results in order. */
export const mapOver = (
  { sources, options }: MapRequest,
  parts: MapParts,
): AsyncGenerator<unknown, void, undefined> => {
  const { name, clock, one, several } = parts
  const { chunksize = 1, buffersize = Infinity } = options
  const isChunk = chunksize > 1
  const limitMs = durationMs(options.timeout)
  const watch = newWatch(clock, limitMs === undefined ? Infinity : clock.now() + limitMs)
  const feed = new Feed({
    sources,
    chunksize,
    buffersize,
    submit: (rows) => (isChunk ? several(columnsOf(rows)) : one(rows[0] ?? [])),
    changed: watch.changed,
  })
  const tooLate = (): Error => new AppTimeout({ app: `map of ${name}`, limit: 'timeout', limitMs: limitMs ?? 0 })
  return resultsOf(feed, isChunk, () => untilEnded(feed, watch, tooLate))
}
