import type { Compared } from './differences.js'
import type { KeyPart } from './store/entries.js'
import type { CheckpointReader } from './store/open.js'
import type { Earlier } from './story.js'

/** So many calls of each app, and so many bodies, can be told of without a checkpoint. */
const TOLD = 1_000

const keepNewest = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void => {
  map.set(key, value)
  if (map.size > TOLD) map.delete(map.keys().next().value as Key)
}

/** What misses are explained by: the newest calls of this run, and all of earlier ones. */
export interface Told {
  body(body: string, parts: readonly KeyPart[]): void
  call(app: string, call: Compared): void
  readonly earlier: Earlier
}

export const newTold = (reader: CheckpointReader): Told => {
  const bodies = new Map<string, readonly KeyPart[]>()
  const calls = new Map<string, Map<string, Compared>>()

  async function* callsOf(app: string): AsyncGenerator<Compared> {
    for await (const { entry } of reader.scan({ app }))
      yield { ...entry, key: Buffer.from(entry.key).toString('base64url') }
    yield* calls.get(app)?.values() ?? []
  }

  return {
    body: (body, parts) => keepNewest(bodies, body, parts),
    call: (app, call) => {
      const told = calls.get(app) ?? new Map<string, Compared>()
      calls.set(app, told)
      keepNewest(told, call.key, call)
    },
    earlier: { calls: callsOf, partsOf: async (body) => bodies.get(body) ?? reader.bodyParts(body) },
  }
}
