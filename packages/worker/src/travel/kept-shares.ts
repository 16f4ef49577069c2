import { decodeValue, type Functions } from '@parsl/serialize'
import { deepFreeze } from './deep-freeze.js'
import { memoryOf, type SharedContent } from './shared-memory.js'

/** Shared values in a worker: as bytes until a body takes one, then as the value; until the program has released them. */
export interface KeptShares {
  add(id: string, content: SharedContent): void
  has(id: string): boolean
  /** The value, decoded where it was not yet. */
  valueOf(id: string): unknown
  forget(ids: readonly string[]): void
}

export const isShareId = (id: string): boolean => id.startsWith('share.')

export const newKeptShares = (functions: Functions, codes: (id: string) => string | undefined): KeptShares => {
  const sent = new Map<string, SharedContent>()
  const values = new Map<string, unknown>()
  const read = (content: SharedContent): unknown =>
    deepFreeze(decodeValue(content.bytes, { functions: functions.decoding(), codes, beside: memoryOf(content) }))
  return {
    add: (id, content) => {
      if (!values.has(id)) sent.set(id, content)
    },
    has: (id) => values.has(id) || sent.has(id),
    valueOf: (id) => {
      const content = sent.get(id)
      if (content !== undefined) {
        values.set(id, read(content))
        sent.delete(id)
      }
      return values.get(id)
    },
    forget: (ids) => {
      for (const id of ids) {
        sent.delete(id)
        values.delete(id)
      }
    },
  }
}
