import { errorTypes } from '../ops.js'
import type { Made } from './made.js'
import { nextOptionalText, nextText } from './read-leaf.js'
import { broken, nextCount, type Reader } from './reader.js'

/** Gives an error the stack it had, or none, and takes away what its constructor gave it. */
const withStack = (error: Error, stack: string | undefined): Made => {
  for (const key of Reflect.ownKeys(error)) if (typeof key === 'string') Reflect.deleteProperty(error, key)
  if (stack !== undefined) {
    Object.defineProperty(error, 'stack', { value: stack, writable: true, enumerable: false, configurable: true })
  }
  return { node: error }
}

const create = (name: string): Error => {
  if (name === 'AggregateError') return new AggregateError([])
  const made: unknown = Reflect.get(globalThis, name)
  if (typeof made !== 'function') throw broken(`this version of Node has no ${name}`)
  return new (made as ErrorConstructor)()
}

export const makeError = (reader: Reader): Made => {
  const name = errorTypes[nextCount(reader, errorTypes.length - 1)] as string
  return withStack(create(name), nextOptionalText(reader))
}

export const makeDomException = (reader: Reader): Made => {
  const message = nextText(reader)
  const error = new DOMException(message, nextText(reader))
  return withStack(error, nextOptionalText(reader))
}
