import { types } from 'node:util'
import { makeErrorOf } from '../decode/make-errors.js'
import { errorName, nativeTypeOf } from '../encode/errors.js'
import { classOf } from '../encode/prototypes.js'
import { isObject } from '../is-object.js'
import { noteLeftOut, setText, textOf } from './told-error.js'

/** Why a value cannot travel; undefined if it can. */
export type Refused = (value: unknown, path: string) => string | undefined

interface Salvage {
  readonly refused: Refused
  readonly leftOut: string[]
  /** Copies that lack something, by what they are copies of. */
  readonly copies: Map<object, object>
  tries: number
  readonly until: number
}

interface Copying {
  readonly from: object
  readonly to: object
  readonly path: string
}

/** Each part is tried alone, and a field of an error may lead to all of the program. */
const MOST_TRIES = 500
const LONGEST_MS = 1_000

const tooMuch = 'was not looked at: the error holds too much that cannot travel'

const isOver = ({ tries, until }: Salvage): boolean => tries > MOST_TRIES || performance.now() > until

const refuses = (salvage: Salvage, value: unknown, path: string): string | undefined => {
  salvage.tries += 1
  return isOver(salvage) ? `${path} ${tooMuch}` : salvage.refused(value, path)
}

/** Other properties are the engine's or Node's own. */
const isTelling = (key: PropertyKey, { enumerable }: PropertyDescriptor): boolean =>
  enumerable === true || key === 'cause' || key === 'errors'

const copyProperty = (salvage: Salvage, { from, to, path }: Copying, key: PropertyKey): void => {
  const found = Reflect.getOwnPropertyDescriptor(from, key) as PropertyDescriptor
  const reason = refuses(salvage, Object.defineProperty({}, key, found), path)
  if (reason === undefined) {
    Object.defineProperty(to, key, found)
    return
  }
  const value = isObject(found.value) ? copyOf(salvage, found.value, `${path} › ${String(key)}`) : undefined
  if (value !== undefined) Object.defineProperty(to, key, { ...found, value })
  else if (isTelling(key, found)) salvage.leftOut.push(reason)
}

const copyProperties = (salvage: Salvage, copying: Copying, carried: PropertyKey): void => {
  for (const key of Reflect.ownKeys(copying.from)) {
    if (key === carried) continue
    if (isOver(salvage)) {
      salvage.leftOut.push(`${copying.path} › ${String(key)} ${tooMuch}`)
      return
    }
    copyProperty(salvage, copying, key)
  }
}

/** Its class, or the nearest of those that it extends that can travel. */
const copyClass = (salvage: Salvage, { from, to, path }: Copying): boolean => {
  let lost: string | undefined
  let prototype = Object.getPrototypeOf(from) as object | null
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    Object.setPrototypeOf(to, prototype)
    const reason = refuses(salvage, to, path)
    if (reason === undefined) break
    // Node gives errors of its own prototypes that belong to no class.
    if (classOf(prototype) !== undefined) lost ??= reason
  }
  if (lost !== undefined) salvage.leftOut.push(lost)
  return lost === undefined
}

const copyError = (salvage: Salvage, from: Error, path: string): object => {
  const to = makeErrorOf(nativeTypeOf(from), textOf(from, 'stack'))
  const copying = { from, to, path }
  salvage.copies.set(from, to)
  const isOfClass = copyClass(salvage, copying)
  copyProperties(salvage, copying, 'stack')
  const name = isOfClass || Object.hasOwn(from, 'name') ? textOf(from, 'name') : errorName(from)
  for (const [key, text] of [
    ['name', name],
    ['message', textOf(from, 'message')],
  ] as const) {
    if (text !== undefined && textOf(to, key) !== text) setText(to, key, text)
  }
  return to
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || prototype === Object.prototype
}

/** An error, list or record without what cannot travel; undefined for what is none of these. */
const copyOf = (salvage: Salvage, from: object, path: string): object | undefined => {
  const known = salvage.copies.get(from)
  if (known !== undefined || types.isProxy(from)) return known
  if (types.isNativeError(from)) return copyError(salvage, from, path)
  const isList = Array.isArray(from)
  if (!isList && (typeof from === 'function' || !isPlain(from))) return undefined
  const to = isList ? [] : (Object.create(Object.getPrototypeOf(from) as object | null) as object)
  salvage.copies.set(from, to)
  copyProperties(salvage, { from, to, path }, isList ? 'length' : '')
  return to
}

/** A copy of what was thrown without what cannot travel, which is named on it. */
export const salvaged = (thrown: unknown, refused: Refused): object | undefined => {
  const salvage = { refused, leftOut: [], copies: new Map(), tries: 0, until: performance.now() + LONGEST_MS }
  const copy = isObject(thrown) ? copyOf(salvage, thrown, 'error') : undefined
  if (copy !== undefined) noteLeftOut(copy, salvage.leftOut)
  return copy
}
