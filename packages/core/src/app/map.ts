import { complaintsAbout, ConfigurationError, isPositiveCount } from '@parsl/interfaces'
import type { AppFuture } from '../future/app-future.js'
import type { MapOptions } from './types.js'

/** Lets one side wait for the other to say that something changed. */
const newBell = () => {
  let ring = (): void => {}
  return {
    ring: () => ring(),
    heard: () => new Promise<void>((resolve) => (ring = resolve)),
  }
}

const isAsync = <Item>(items: Iterable<Item> | AsyncIterable<Item>): items is AsyncIterable<Item> =>
  (items as Partial<AsyncIterable<Item>>)[Symbol.asyncIterator] !== undefined

/** Hands on each item until one is refused. (Not `for await` for all: it would await items that are futures.) */
const forEach = async <Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  take: (item: Item) => Promise<boolean>,
): Promise<void> => {
  if (isAsync(items)) {
    for await (const item of items) if (!(await take(item))) return
  } else {
    for (const item of items) if (!(await take(item))) return
  }
}

/** Calls `app` for each item with at most `inFlight` results under way or waiting to be taken; gives results in order. */
export async function* mapInFlight<Item, Result>(
  app: (item: Item) => AppFuture<Result>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: MapOptions,
): AsyncGenerator<Result, void, undefined> {
  const complaints = complaintsAbout<MapOptions>(options, { inFlight: isPositiveCount }, 'options of map')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { inFlight = 1_000 } = options
  const pending: AppFuture<Result>[] = []
  const called = newBell()
  const taken = newBell()
  const source: { left: boolean; ended: { readonly error: unknown } | 'well' | undefined } = {
    left: false,
    ended: undefined,
  }

  const submit = async (item: Item): Promise<boolean> => {
    if (source.left) return false
    pending.push(app(item))
    called.ring()
    while (!source.left && pending.length >= inFlight) await taken.heard()
    return !source.left
  }
  forEach(items, submit)
    .then(
      () => (source.ended = 'well'),
      (error: unknown) => (source.ended = { error }),
    )
    .finally(() => called.ring())

  try {
    for (;;) {
      const [first] = pending
      if (first) {
        const result = await first
        pending.shift()
        taken.ring()
        yield result
      } else if (source.ended === undefined) await called.heard()
      else if (source.ended === 'well') return
      else throw source.ended.error
    }
  } finally {
    source.left = true
    taken.ring()
    for (const future of pending) {
      future.look()
      future.cancel('the loop over map() was left')
    }
  }
}
