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

  const submit = async (): Promise<void> => {
    for await (const item of items) {
      if (source.left) return
      pending.push(app(item))
      called.ring()
      while (!source.left && pending.length >= inFlight) await taken.heard()
    }
  }
  submit()
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
