import { viewTypes } from '../ops.js'
import type { Made } from './made.js'
import { broken, nextBytes, nextCount, type Reader, unmade } from './reader.js'

/** A copy; `slice` of a Node `Buffer` would be a view of the same memory. */
const own = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

export const makeArrayBuffer = (reader: Reader): Made => ({ node: own(nextBytes(reader)) })

export const makeSharedBuffer = (reader: Reader): Made => {
  const bytes = nextBytes(reader)
  const node = new SharedArrayBuffer(bytes.byteLength)
  new Uint8Array(node).set(bytes)
  return { node }
}

export const makeBuffer = (reader: Reader): Made => ({ node: Buffer.from(own(nextBytes(reader))) })

const nextBeside = (reader: Reader): ArrayBufferLike => {
  const place = nextCount(reader, Number.MAX_SAFE_INTEGER)
  const buffer = reader.beside[place]
  if (buffer === undefined) throw broken(`there is no buffer ${place} beside it`)
  return buffer
}

/** The very buffer that came beside the message. */
export const makeBeside = (reader: Reader): Made => ({ node: nextBeside(reader) })

export const makeBesideBuffer = (reader: Reader): Made => ({ node: Buffer.from(nextBeside(reader)) })

type ViewClass = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView

const isBytes = (value: unknown): value is ArrayBuffer =>
  value instanceof ArrayBuffer || value instanceof SharedArrayBuffer

export const makeView = (reader: Reader): Made => {
  const name = viewTypes[nextCount(reader, viewTypes.length - 1)] as string
  const byteOffset = nextCount(reader, Number.MAX_SAFE_INTEGER)
  const length = nextCount(reader, Number.MAX_SAFE_INTEGER)
  const made: unknown = Reflect.get(globalThis, name)
  if (typeof made !== 'function') throw broken(`this version of Node has no ${name}`)
  const finish = ([buffer]: readonly unknown[]): ArrayBufferView => {
    if (!isBytes(buffer)) throw broken(`a ${name} has no buffer`)
    return new (made as ViewClass)(buffer, byteOffset, length)
  }
  return { node: unmade, want: 1, finish }
}
