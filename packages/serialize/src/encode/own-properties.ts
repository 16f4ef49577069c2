import { attribute, lock } from '../ops.js'
import type { Shape } from './shapes.js'
import { refusal, type Writer } from './writer.js'

/** Own properties of an object, and how far it is closed to changes. */
export interface OwnProperties {
  readonly shape: Shape
  readonly values: readonly unknown[]
  readonly lock: number
}

/** All own keys, as `Reflect.ownKeys` gives them; V8 has these two cached, and takes five times as long for that. */
export const ownKeys = (value: object): readonly PropertyKey[] => {
  const names = Object.getOwnPropertyNames(value)
  const symbols = Object.getOwnPropertySymbols(value)
  return symbols.length === 0 ? names : [...names, ...symbols]
}

/** V8 calls an empty array that is sealed frozen, though its length can be set. */
const isFrozen = (value: object): boolean =>
  Object.isFrozen(value) &&
  !(Array.isArray(value) && Object.getOwnPropertyDescriptor(value, 'length')?.writable === true)

const lockOf = (value: object): number => {
  if (Object.isExtensible(value)) return lock.open
  if (isFrozen(value)) return lock.frozen
  return Object.isSealed(value) ? lock.sealed : lock.closed
}

/** The attributes that the lock of the object does not take away anyway. */
const attributesOf = (found: PropertyDescriptor, level: number): number => {
  if (found.writable === true && found.enumerable === true && found.configurable === true) return attribute.all
  return (
    (found.enumerable === true ? attribute.enumerable : 0) |
    (found.writable === true || level === lock.frozen ? attribute.writable : 0) |
    (found.configurable === true || level >= lock.sealed ? attribute.configurable : 0)
  )
}

/** Reads own properties without running code of theirs (getters and setters travel as functions, where those can); `keys` are those that the object's kind does not carry. */
export const readOwn = (writer: Writer, value: object, keys: readonly PropertyKey[]): OwnProperties => {
  const level = lockOf(value)
  const values: unknown[] = []
  let odd: number[] | undefined
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as PropertyKey
    const found = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
    const isAccessor = found.get !== undefined || found.set !== undefined
    if (isAccessor && writer.functions === undefined) throw accessor(writer, key)
    const bits = attributesOf(found, level) | (isAccessor ? attribute.accessor : 0)
    if (bits !== attribute.all && odd === undefined) odd = keys.map(() => attribute.all)
    if (odd !== undefined) odd[index] = bits
    values.push(isAccessor ? [found.get, found.set] : found.value)
  }
  return { shape: { keys, attributes: odd }, values, lock: level }
}

const accessor = (writer: Writer, key: PropertyKey) => {
  const name = typeof key === 'symbol' ? `[${String(key)}]` : `'${String(key)}'`
  return refusal(writer, `its property ${name} is a getter or setter; copy it as data first ({ ...object })`)
}
