import type { FunctionDecoder } from '../functions.js'
import type { Made } from './made.js'
import { nextOptionalText, nextText } from './read-leaf.js'
import { broken, nextCount, nextLength, type Reader, unmade } from './reader.js'
import { readShape, setAll } from './shapes.js'

const decodeKey = Symbol.for('parsl.decode')

const hook = ({ functions }: Reader): FunctionDecoder => {
  if (functions === undefined) throw broken('it holds a function, and functions are not expected here')
  return functions
}

export const makeNamed = (reader: Reader): Made => ({ node: hook(reader).create({ name: nextText(reader) }) })

const createdNext = (reader: Reader): object => {
  const code = reader.codes[nextCount(reader, reader.codes.length - 1)] as string
  const token = nextOptionalText(reader)
  return hook(reader).create(token === undefined ? { code } : { code, token })
}

interface Group {
  readonly length: number
  take(items: readonly unknown[], from: number): unknown
}

/** What belongs to a function: nothing, a list, or a record. */
const nextGroup = (reader: Reader): Group => {
  const token = reader.tokens[reader.at]
  if (typeof token !== 'boolean') {
    const length = nextLength(reader)
    return { length, take: (items, from) => items.slice(from, from + length) }
  }
  reader.at += 1
  if (!token) return { length: 0, take: () => undefined }
  const shape = readShape(reader)
  const take = (items: readonly unknown[], from: number): unknown => {
    const group: Record<PropertyKey, unknown> = {}
    setAll(group, shape, { items, from })
    return group
  }
  return { length: shape.keys.length, take }
}

export const makeCode = (reader: Reader): Made => {
  const functions = hook(reader)
  const node = createdNext(reader)
  const captured = nextGroup(reader)
  const properties = nextGroup(reader)
  const finish = (items: readonly unknown[]): object => {
    const parts = { captured: captured.take(items, 0), properties: properties.take(items, captured.length) }
    functions.fill(node, Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)))
    return node
  }
  return { node, want: captured.length + properties.length, finish }
}

const finishCoded = ([made, data]: readonly unknown[]): unknown => {
  const decode: unknown = typeof made === 'function' ? Reflect.get(made, decodeKey) : undefined
  if (typeof decode !== 'function') throw broken("a class has no static [Symbol.for('parsl.decode')]")
  return decode.call(made, data)
}

export const makeCoded = (): Made => ({ node: unmade, want: 2, finish: finishCoded })
