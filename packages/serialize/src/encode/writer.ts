import { SerializationError } from '@parsl/interfaces'
import type { FunctionEncoder } from '../functions.js'
import { isOp, op } from '../ops.js'
import type { Allowed } from './parts.js'
import type { ShapeTable } from './shapes.js'

/** Names of the parts of an object, for the path in a refusal. Without them parts are counted. */
export type Names = readonly PropertyKey[] | ((index: number) => PropertyKey)

/** An object whose parts are being written. */
export interface Frame {
  readonly items: ArrayLike<unknown>
  readonly names: Names | undefined
  /** Set while the object has no value on the other side: its class makes it of the parts. */
  readonly unmade: object | undefined
  index: number
}

/** What is known while a value is being written. */
export interface Writer extends Allowed {
  readonly tokens: unknown[]
  readonly blobs: Uint8Array[]
  readonly ids: Map<object, number>
  readonly unmade: Set<object>
  /** By id, in the order of the message. */
  readonly codes: Map<string, { readonly index: number; readonly text: string }>
  readonly stack: Frame[]
  readonly shapes: ShapeTable
  readonly functions: FunctionEncoder | undefined
  readonly root: string
}

/** Stands in a list of parts where an array has a hole. */
export const hole = Symbol('hole')

const nameOf = ({ names, index }: Frame): string => {
  const at = index - 1
  const name = names === undefined ? at : typeof names === 'function' ? names(at) : names[at]
  return typeof name === 'symbol' ? `[${String(name)}]` : String(name)
}

/** Where in the value the part stands that is being written. */
export const pathOf = ({ root, stack }: Writer): string => {
  const names = stack.slice(1).map(nameOf)
  const shown =
    names.length > 20 ? [...names.slice(0, 10), `… ${names.length - 20} more …`, ...names.slice(-10)] : names
  return [root, ...shown].join(' › ')
}

export const refusal = (writer: Writer, reason: string): SerializationError =>
  new SerializationError(pathOf(writer), reason)

/** A string as tokens. UTF-8 has no lone surrogates, and readers drop a byte order mark. */
export const textTokens = (text: string): unknown[] =>
  text.isWellFormed() && !text.startsWith('\uFEFF')
    ? [text]
    : [op.escaped, JSON.stringify(text).replace(/^"\uFEFF/u, '"\\ufeff')]

const writeText = ({ tokens }: Writer, text: string): void => {
  if (text.isWellFormed() && text.charCodeAt(0) !== 0xfeff) tokens.push(text)
  else tokens.push(...textTokens(text))
}

const writeNumber = ({ tokens }: Writer, value: number): void => {
  if (value > 0) tokens.push(value)
  else if (value === 0) tokens.push(Object.is(value, -0) ? op.minusZero : 0)
  else if (isOp(value)) tokens.push(op.negative, -value)
  else tokens.push(value)
}

const wellKnownName = (symbol: symbol): string | undefined =>
  Object.getOwnPropertyNames(Symbol).find((name) => Symbol[name as keyof typeof Symbol] === symbol)

/** The name under which a symbol is known everywhere. */
export const symbolName = (
  writer: Writer,
  symbol: symbol,
): { readonly name: string; readonly isRegistered: boolean } => {
  const registered = Symbol.keyFor(symbol)
  const name = registered ?? wellKnownName(symbol)
  if (name === undefined) {
    throw refusal(writer, `${String(symbol)} is equal to itself only here; use Symbol.for(name)`)
  }
  return { name, isRegistered: registered !== undefined }
}

const writeSymbol = (writer: Writer, symbol: symbol): void => {
  if (symbol === hole) {
    writer.tokens.push(op.hole)
    return
  }
  const { name, isRegistered } = symbolName(writer, symbol)
  writer.tokens.push(isRegistered ? op.symbolFor : op.wellKnown, ...textTokens(name))
}

/** Writes a value that is no object; false for an object or function. */
export const writeLeaf = (writer: Writer, value: unknown): boolean => {
  if (typeof value === 'string') writeText(writer, value)
  else if (typeof value === 'number') writeNumber(writer, value)
  else if (typeof value === 'boolean' || value === null) writer.tokens.push(value)
  else if (value === undefined) writer.tokens.push(op.undefined)
  else if (typeof value === 'bigint') writer.tokens.push(op.bigint, value.toString(16))
  else if (typeof value === 'symbol') writeSymbol(writer, value)
  else return false
  return true
}

/** Writes the key of a property. */
export const writeKey = (writer: Writer, key: PropertyKey): void => {
  if (typeof key === 'symbol') writeSymbol(writer, key)
  else writeText(writer, String(key))
}
