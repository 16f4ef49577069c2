import { types } from 'node:util'
import { op } from '../ops.js'
import { bufferKinds } from './buffers.js'
import { errorKinds } from './errors.js'
import { kind, type Kind } from './parts.js'
import { textTokens } from './writer.js'

const shown = (key: unknown): string => {
  if (typeof key === 'string') return JSON.stringify(key)
  return (typeof key === 'object' && key !== null) || typeof key === 'function' ? `(${typeof key})` : String(key)
}

const isIndexBelow = (key: PropertyKey, length: number): boolean =>
  typeof key === 'string' && String(Number(key)) === key && Number(key) < length

const maps = kind<Map<unknown, unknown>>(types.isMap, (map) => {
  const items = [...Map.prototype.entries.call(map)].flat()
  return {
    type: 'Map',
    head: [op.map, items.length / 2],
    items,
    names: (index) => (index % 2 === 0 ? `key ${shown(items[index])}` : `get(${shown(items[index - 1])})`),
  }
})

const sets = kind<Set<unknown>>(types.isSet, (set) => {
  const items = [...Set.prototype.values.call(set)]
  return { type: 'Set', head: [op.set, items.length], items, names: (index) => `item ${index}` }
})

const dates = kind<Date>(types.isDate, (date) => ({
  type: 'Date',
  head: [op.date, Date.prototype.getTime.call(date)],
}))

const getter = (prototype: object, key: string, value: object): unknown => Reflect.get(prototype, key, value)

const regexps = kind<RegExp>(types.isRegExp, (regexp) => ({
  type: 'RegExp',
  head: [
    op.regexp,
    ...textTokens(getter(Object.getPrototypeOf(/./) as object, 'source', regexp) as string),
    getter(Object.getPrototypeOf(/./) as object, 'flags', regexp),
  ],
}))

const answers = (read: () => unknown): boolean => {
  try {
    read()
    return true
  } catch {
    return false
  }
}

/** These have no brand to ask for, so their own getters are. */
const isUrl = (value: object): boolean =>
  URL.prototype.isPrototypeOf(value) && answers(() => getter(URL.prototype, 'href', value))

const isSearchParams = (value: object): boolean =>
  URLSearchParams.prototype.isPrototypeOf(value) && answers(() => getter(URLSearchParams.prototype, 'size', value))

const urls = kind<URL>(isUrl, (url) => ({
  type: 'URL',
  head: [op.url, getter(URL.prototype, 'href', url)],
  carried: (key) => typeof key === 'symbol',
}))

const searchParams = kind<URLSearchParams>(isSearchParams, (params) => ({
  type: 'URLSearchParams',
  head: [op.searchParams, URLSearchParams.prototype.toString.call(params)],
  carried: (key) => typeof key === 'symbol',
}))

const primitiveOf = (value: object): { type: string; primitive: unknown } => {
  if (types.isNumberObject(value)) return { type: 'Number', primitive: Number.prototype.valueOf.call(value) }
  if (types.isStringObject(value)) return { type: 'String', primitive: String.prototype.valueOf.call(value) }
  if (types.isBooleanObject(value)) return { type: 'Boolean', primitive: Boolean.prototype.valueOf.call(value) }
  if (types.isBigIntObject(value)) return { type: 'BigInt', primitive: BigInt.prototype.valueOf.call(value) }
  return { type: 'Symbol', primitive: Symbol.prototype.valueOf.call(value) }
}

const boxed = kind(types.isBoxedPrimitive, (value) => {
  const { type, primitive } = primitiveOf(value)
  const length = typeof primitive === 'string' ? primitive.length : -1
  return {
    type,
    head: [op.boxed],
    primitive,
    carried: (key) => length >= 0 && (key === 'length' || isIndexBelow(key, length)),
  }
})

/** Objects of the language and the platform that travel; the first whose test holds. */
export const kinds: readonly Kind[] = [
  maps,
  sets,
  dates,
  regexps,
  ...bufferKinds,
  ...errorKinds,
  boxed,
  urls,
  searchParams,
]
