import { errorTypes } from '../ops.js'
import type { Made } from './made.js'
import { nextOptionalText, nextText } from './read-leaf.js'
import { broken, nextCount, type Reader } from './reader.js'

/** Gives an error the stack it had, or none, and takes away what its constructor gave it. */
const withStack = (error: Error, stack: string | undefined): Error => {
  for (const key of Reflect.ownKeys(error)) if (typeof key === 'string') Reflect.deleteProperty(error, key)
  if (stack !== undefined) {
    Object.defineProperty(error, 'stack', { value: stack, writable: true, enumerable: false, configurable: true })
  }
  return error
}

const create = (name: string): Error => {
  if (name === 'AggregateError') return new AggregateError([])
  const made: unknown = Reflect.get(globalThis, name)
  if (typeof made !== 'function') throw broken(`this version of Node has no ${name}`)
  return new (made as ErrorConstructor)()
}

export const makeErrorOf = (name: string, stack: string | undefined): Error => withStack(create(name), stack)

export const makeError = (reader: Reader): Made => {
  const name = errorTypes[nextCount(reader, errorTypes.length - 1)] as string
  return { node: makeErrorOf(name, nextOptionalText(reader)) }
}

export const makeDomException = (reader: Reader): Made => {
  const message = nextText(reader)
  const error = new DOMException(message, nextText(reader))
  return { node: withStack(error, nextOptionalText(reader)) }
}
