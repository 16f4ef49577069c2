import { inspect } from 'node:util'
import { op } from '../ops.js'
import { ownKeys } from './own-properties.js'
import { hole } from './writer.js'

/** What an array is made of. */
export interface ArrayParts {
  readonly head: readonly unknown[]
  readonly items: ArrayLike<unknown>
  /** Own properties to write: fields beside the elements, and all elements of an array that is mostly holes. */
  readonly keys: readonly PropertyKey[]
}

const none: readonly PropertyKey[] = []

/** Listing the keys of a longer array costs more than the rest. */
const shortEnough = 64

/** The engine has no longer array but as a table. */
const longest = 2 ** 25

/**
 * Whether a long array has nothing but elements. The language can tell only by listing every index; `inspect` asks the
 * engine and prints what else there is. Whatever else it prints leads to the slow way, never to a wrong answer.
 */
const hasOnlyElements = (array: readonly unknown[]): boolean =>
  inspect(array, { maxArrayLength: 0, depth: 0, customInspect: false, showHidden: true, maxStringLength: 0 }) ===
  `[ ... ${array.length} more items, [length]: ${array.length} ]`

const isIndex = (key: PropertyKey): boolean =>
  typeof key === 'string' && /^(0|[1-9]\d{0,9})$/u.test(key) && Number(key) < 2 ** 32 - 1

/** The elements, whatever fields the array has: copying by its own methods asks its `constructor` or iterator. */
export const copyOf = (array: ArrayLike<unknown>): unknown[] =>
  Array.from({ length: array.length }, (_, at) => array[at])

const dense = (array: readonly unknown[], keys: readonly PropertyKey[]): ArrayParts => {
  let items: unknown[] | undefined
  for (let index = 0; index < array.length; index += 1) {
    if (array[index] !== undefined || Object.hasOwn(array, index)) continue
    items ??= copyOf(array)
    items[index] = hole
  }
  return { head: [op.array, array.length], items: items ?? array, keys }
}

/** A cheap look at whether an array that says it is long has elements all along. */
const looksFilled = (array: readonly unknown[]): boolean => {
  if (array.length > longest) return false
  const stride = array.length / 16
  for (let at = 0; at < array.length; at += stride) if (!Object.hasOwn(array, Math.floor(at))) return false
  return true
}

/** The names of a list are its indices, then `length`, then fields: where `length` is last and has its place, there are all. */
const isList = (array: readonly unknown[]): boolean => {
  const names = Object.getOwnPropertyNames(array)
  const { length } = array
  if (names.length !== length + 1 || names[length] !== 'length') return false
  return Object.getOwnPropertySymbols(array).length === 0
}

/** Elements are read as they are, without a look at their attributes: an array may have ten million. */
export const arrayParts = (array: readonly unknown[]): ArrayParts => {
  if (array.length > shortEnough) {
    if (looksFilled(array) && hasOnlyElements(array)) return dense(array, none)
  } else if (isList(array)) return { head: [op.array, array.length], items: array, keys: none }
  const keys = ownKeys(array)
  const fields = keys.filter((key) => key !== 'length' && !isIndex(key))
  const elements = keys.length - 1 - fields.length
  return elements * 2 >= array.length ? dense(array, fields) : sparse(array, keys)
}

const sparse = (array: readonly unknown[], keys: readonly PropertyKey[]): ArrayParts => ({
  head: [op.sparse, array.length],
  items: none,
  keys: keys.filter((key) => key !== 'length'),
})
