import { DeserializationError } from '@parsl/interfaces'
import type { FunctionDecoder } from '../functions.js'

/** The keys of an object, with their attributes unless these are ordinary. */
export interface ReadShape {
  readonly keys: readonly PropertyKey[]
  readonly attributes: readonly number[] | undefined
}

/** What is known while a message is being read. */
export interface Reader {
  readonly tokens: readonly unknown[]
  readonly blob: Uint8Array
  at: number
  blobAt: number
  readonly nodes: unknown[]
  readonly shapes: ReadShape[]
  codes: readonly string[]
  readonly functions: FunctionDecoder | undefined
  readonly beside: readonly ArrayBufferLike[]
}

/** A node that is not there yet: its class makes it of its parts. */
export const unmade = Symbol('unmade')

export const broken = (reason: string): DeserializationError => new DeserializationError(reason)

export const nextToken = (reader: Reader): unknown => {
  if (reader.at >= reader.tokens.length) throw broken('the message ends too early')
  const token = reader.tokens[reader.at]
  reader.at += 1
  return token
}

/** A whole number from 0 to `max`. */
export const nextCount = (reader: Reader, max: number): number => {
  const token = nextToken(reader)
  if (typeof token !== 'number' || !Number.isInteger(token) || token < 0 || token > max) {
    throw broken(`${String(token)} is no count from 0 to ${max}`)
  }
  return token
}

/** The number of parts that follow; each of them takes a token at least. */
export const nextLength = (reader: Reader): number => nextCount(reader, reader.tokens.length - reader.at)

export const nextNumber = (reader: Reader): number => {
  const token = nextToken(reader)
  if (typeof token !== 'number') throw broken('a number is missing')
  return token
}

export const nextBytes = (reader: Reader): Uint8Array => {
  const length = nextCount(reader, reader.blob.byteLength - reader.blobAt)
  const start = reader.blobAt
  reader.blobAt += length
  return reader.blob.subarray(start, reader.blobAt)
}
