import { DeserializationError, isParslError } from '@parsl/interfaces'
import type { FunctionDecoder } from '../functions.js'
import { isObject } from '../is-object.js'
import { readMessage } from '../message.js'
import { op } from '../ops.js'
import { hole, noLeaf, readLeaf } from './read-leaf.js'
import { finishNode, type Frame, openNode } from './read-node.js'
import { type FindCode, readCodes } from './read-codes.js'
import { broken, nextLength, type Reader } from './reader.js'

/** How a value is decoded. */
export interface DecodeOptions {
  /** Makes functions and classes; without it a message that holds one is refused. */
  readonly functions?: FunctionDecoder
  /** Gives the texts of codes that `encodeValue` kept out of the message; undefined for one it does not have. */
  readonly codes?: FindCode
  /** The buffers that `encodeValue` kept out of the message, by their places. They are used as they are, not copied. */
  readonly beside?: readonly ArrayBufferLike[]
}

const take = (frame: Frame, value: unknown): void => {
  if (value !== hole) frame.items.push(value)
  else if (frame.made.holes === true) frame.items.length += 1
  else throw broken('there is a hole outside an array')
}

/** Variables that are assigned again come behind the value. */
const lateCount = (reader: Reader): number => {
  if (reader.tokens[reader.at] !== op.late) return 0
  reader.at += 1
  return nextLength(reader)
}

const setLate = (items: readonly unknown[]): void => {
  for (let index = 1; index < items.length; index += 2) {
    const cell = items[index]
    const isSet = isObject(cell) && Reflect.set(cell, 'v', items[index + 1])
    if (!isSet) throw broken('a variable that is assigned again has no place')
  }
}

const readParts = (reader: Reader): unknown => {
  const root: Frame = {
    made: { node: undefined },
    id: -1,
    items: [],
    want: 1 + 2 * lateCount(reader),
    extra: { shape: undefined, prototype: 0, lock: 0 },
  }
  const stack = [root]
  let frame = root
  while (frame !== root || root.items.length < root.want) {
    if (frame.items.length < frame.want) {
      const value = readLeaf(reader)
      if (value !== noLeaf) take(frame, value)
      else stack.push((frame = openNode(reader)))
    } else {
      const value = finishNode(reader, frame)
      stack.pop()
      frame = stack.at(-1) as Frame
      frame.items.push(value)
    }
  }
  setLate(root.items)
  return root.items[0]
}

const read = (bytes: Uint8Array, { functions, codes, beside = [] }: DecodeOptions): unknown => {
  const { tokens, blob } = readMessage(bytes)
  const reader: Reader = { tokens, blob, at: 0, blobAt: 0, nodes: [], shapes: [], codes: [], functions, beside }
  reader.codes = readCodes(reader, codes)
  if (reader.codes.length > 0) functions?.prepare?.(reader.codes)
  const value = readParts(reader)
  if (reader.at !== tokens.length || reader.blobAt !== blob.byteLength) throw broken('there is more behind its end')
  return value
}

/**
 * The value that `encodeValue` made bytes of. The bytes are copied, so they may be used again.
 *
 * @throws `CodesMissing` (`PARSL_DESERIALIZE_CODES`) with the ids of all codes that are not known here; nothing is made
 * then, so the message can be decoded again.
 * @throws `DeserializationError` (`PARSL_DESERIALIZE`) for anything else; what a hook or a class throws is its cause.
 */
export const decodeValue = (bytes: Uint8Array, options: DecodeOptions = {}): unknown => {
  try {
    return read(bytes, options)
  } catch (error) {
    if (isParslError(error, 'PARSL_DESERIALIZE')) throw error
    throw new DeserializationError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
