import type { Names } from '../encode/writer.js'
import { accessor } from './leaves.js'

/** Names and values in turns, by name. */
export interface Fields {
  readonly items: readonly unknown[]
  readonly names: Names
}

const rank = (key: PropertyKey): string => (typeof key === 'symbol' ? `1${String(key)}` : `0${String(key)}`)

const byName = (a: PropertyKey, b: PropertyKey): number => {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : 1
  return rank(a) < rank(b) ? -1 : 1
}

const isSorted = (keys: readonly PropertyKey[]): boolean => {
  for (let at = 1; at < keys.length; at += 1)
    if (byName(keys[at - 1] as PropertyKey, keys[at] as PropertyKey) > 0) return false
  return true
}

/** Own properties in an order that does not depend on when they were made. No code of theirs is run. */
export const fieldsOf = (value: object, keys: readonly PropertyKey[]): Fields => {
  const sorted = isSorted(keys) ? keys : keys.toSorted(byName)
  const items: unknown[] = []
  for (const key of sorted) {
    const found = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
    const isAccessor = found.get !== undefined || found.set !== undefined
    items.push(key, isAccessor ? [accessor, found.get, found.set] : found.value)
  }
  return { items, names: (index) => sorted[index >> 1] as PropertyKey }
}
