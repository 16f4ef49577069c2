import { attribute } from '../ops.js'
import { nextKey } from './read-leaf.js'
import { nextCount, nextLength, nextToken, type Reader, type ReadShape } from './reader.js'

/** Some of the parts of a node, from one of them on. */
export interface Values {
  readonly items: readonly unknown[]
  readonly from: number
}

/** Reads a shape, or the number of one that was read before. */
export const readShape = (reader: Reader): ReadShape => {
  const id = nextCount(reader, reader.shapes.length)
  if (id < reader.shapes.length) return reader.shapes[id] as ReadShape
  const length = nextLength(reader)
  const odd = nextToken(reader) === true
  const keys: PropertyKey[] = []
  for (let index = 0; index < length; index += 1) keys.push(nextKey(reader))
  let attributes: number[] | undefined
  if (odd) attributes = keys.map(() => nextCount(reader, attribute.any))
  const shape = { keys, attributes }
  reader.shapes.push(shape)
  return shape
}

/** Gives an object with no setters ordinary properties. */
export const setAll = (node: Record<PropertyKey, unknown>, shape: ReadShape, values: Values) => {
  const { keys } = shape
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as PropertyKey
    const value = values.items[values.from + index]
    if (key === '__proto__') {
      Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true })
    } else node[key] = value
  }
}
