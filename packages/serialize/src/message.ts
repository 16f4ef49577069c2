import { pack, unpack } from 'msgpackr'
import { DeserializationError } from '@parsl/interfaces'
import { endOfLeaves } from './leaves.js'

/** The first byte of a message: a mark, and the version of the format in its lower half. */
const header = 0xb1

/** A flat list of leaves, and the contents of buffers behind it. */
export interface Message {
  readonly tokens: readonly unknown[]
  readonly blobs: readonly Uint8Array[]
}

export const writeMessage = ({ tokens, blobs }: Message): Uint8Array => {
  const leaves = pack(tokens)
  const size = blobs.reduce((sum, blob) => sum + blob.byteLength, 1 + leaves.byteLength)
  // Small ones lie together in Node's pool: a buffer of its own for each would cost more than what is in it. A large one may be transferred.
  const bytes = size < 4096 ? Buffer.allocUnsafe(size) : new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
  bytes[0] = header
  bytes.set(leaves, 1)
  let at = 1 + leaves.byteLength
  for (const blob of blobs) {
    bytes.set(blob, at)
    at += blob.byteLength
  }
  return bytes
}

export const readMessage = (bytes: Uint8Array): { tokens: readonly unknown[]; blob: Uint8Array } => {
  if (bytes.byteLength === 0) throw new DeserializationError('the message is empty')
  const first = bytes[0] as number
  if (first !== header && first >> 4 === header >> 4) {
    throw new DeserializationError(
      `it has version ${first & 15}, and this reads ${header & 15}: install the same @parsl/serialize on both sides`,
    )
  }
  if (first !== header) throw new DeserializationError('it was not written by @parsl/serialize')
  const end = endOfLeaves(bytes, 1)
  return { tokens: unpack(bytes.subarray(1, end)) as unknown[], blob: bytes.subarray(end) }
}
