import { decodeValue, type Functions } from '@parsl/serialize'
import { deepFreeze } from './deep-freeze.js'

/** Shared values in a worker: as bytes until a body takes one, then as the value; until the program has released them. */
export interface KeptShares {
  add(id: string, bytes: Uint8Array): void
  has(id: string): boolean
  /** The value, decoded where it was not yet. */
  valueOf(id: string): unknown
  forget(ids: readonly string[]): void
}

export const isShareId = (id: string): boolean => id.startsWith('share.')

export const newKeptShares = (functions: Functions, codes: (id: string) => string | undefined): KeptShares => {
  const sent = new Map<string, Uint8Array>()
  const values = new Map<string, unknown>()
  return {
    add: (id, bytes) => {
      if (!values.has(id)) sent.set(id, bytes)
    },
    has: (id) => values.has(id) || sent.has(id),
    valueOf: (id) => {
      const bytes = sent.get(id)
      if (bytes) {
        values.set(id, deepFreeze(decodeValue(bytes, { functions: functions.decoding(), codes })))
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
