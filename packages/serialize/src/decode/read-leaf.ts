import { isOp, lowestOp, op } from '../ops.js'
import { broken, nextCount, nextToken, type Reader, unmade } from './reader.js'

const unescaped = (reader: Reader): string => {
  const json = nextToken(reader)
  const text: unknown = typeof json === 'string' ? JSON.parse(json) : undefined
  if (typeof text !== 'string') throw broken('an escaped string is no string')
  return text
}

export const nextText = (reader: Reader): string => {
  const token = nextToken(reader)
  if (typeof token === 'string') return token
  if (token === op.escaped) return unescaped(reader)
  throw broken('a string is missing')
}

export const nextOptionalText = (reader: Reader): string | undefined => {
  if (reader.tokens[reader.at] !== null) return nextText(reader)
  reader.at += 1
  return undefined
}

const wellKnown = (reader: Reader): symbol => {
  const name = nextText(reader)
  const found: unknown = Object.hasOwn(Symbol, name) ? Reflect.get(Symbol, name) : undefined
  if (typeof found !== 'symbol') throw broken(`this version of Node has no Symbol.${name}`)
  return found
}

const bigint = (reader: Reader): bigint => {
  const text = nextText(reader)
  if (!/^-?[\da-f]+$/u.test(text)) throw broken('a bigint has other digits')
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}

const referred = (reader: Reader): unknown => {
  const node = reader.nodes[nextCount(reader, reader.nodes.length - 1)]
  if (node === unmade) throw broken('an object refers to one that is not made yet')
  return node
}

/** Stands for a hole of an array. */
export const hole = Symbol('hole')

const leaves = new Map<number, (reader: Reader) => unknown>([
  [op.undefined, () => undefined],
  [op.minusZero, () => -0],
  [op.negative, (reader) => -nextCount(reader, -lowestOp)],
  [op.bigint, bigint],
  [op.escaped, unescaped],
  [op.symbolFor, (reader) => Symbol.for(nextText(reader))],
  [op.wellKnown, wellKnown],
  [op.hole, () => hole],
  [op.ref, referred],
])

/** Begins a node: `readLeaf` answers it where no leaf stands. */
export const noLeaf = Symbol('no leaf')

/** Reads a value that is no new object. */
export const readLeaf = (reader: Reader): unknown => {
  const token = nextToken(reader)
  if (typeof token !== 'number' || !isOp(token)) return token
  const read = leaves.get(token)
  if (read !== undefined) return read(reader)
  reader.at -= 1
  return noLeaf
}

export const nextKey = (reader: Reader): PropertyKey => {
  const key = readLeaf(reader)
  if (typeof key === 'string' || typeof key === 'symbol') return key
  throw broken('a key is neither a string nor a symbol')
}
