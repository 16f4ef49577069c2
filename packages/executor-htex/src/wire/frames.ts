import type { Packed } from './codec.js'

/** What one message may have, in bytes. */
export interface FrameLimits {
  readonly header: number
  readonly body: number
}

/** What a stream may carry at most in one message, as long as nothing else is said. */
const FRAME_LIMITS: FrameLimits = { header: 64 * 1024 * 1024, body: 1024 * 1024 * 1024 }

const LENGTHS = 8
/** Up to here, one piece costs less than two. */
const JOINED_UP_TO = 16_384

/** The pieces of a message on a stream: length of the header, length of the body (four bytes each, the least significant first), header, body. */
export const framed = ({ header, body }: Packed): Uint8Array[] => {
  const joins = body.byteLength <= JOINED_UP_TO
  const size = LENGTHS + header.byteLength
  const first = Buffer.allocUnsafe(joins ? size + body.byteLength : size)
  first.writeUInt32LE(header.byteLength, 0)
  first.writeUInt32LE(body.byteLength, 4)
  first.set(header, LENGTHS)
  if (!joins) return [first, body]
  first.set(body, size)
  return [first]
}

/** Cuts a stream into messages. */
export interface FrameReader {
  /**
   * Takes what came. Gives in words why the stream cannot be read any further, which then holds for good: nobody knows
   * where the next message would begin.
   */
  push(chunk: Uint8Array): string | undefined
  /** Bytes of a message that has not come in full. */
  readonly pending: number
}

/** A message of which a part has come: its bytes are copied once, to where they stay. */
interface Partial {
  readonly bytes: Buffer
  filled: number
}

const fill = (partial: Partial, chunk: Uint8Array, at: number): number => {
  const many = Math.min(partial.bytes.byteLength - partial.filled, chunk.byteLength - at)
  partial.bytes.set(chunk.subarray(at, at + many), partial.filled)
  partial.filled += many
  return at + many
}

const tooLong = (what: string, length: number, limit: number): string | undefined =>
  length > limit ? `a message with a ${what} of ${length} bytes, and ${limit} is the limit` : undefined

/**
 * @param take gets each message; its bytes are views of what came, and stay as they are
 */
export const newFrameReader = (take: (packed: Packed) => void, limits: FrameLimits = FRAME_LIMITS): FrameReader => {
  const lengths: Partial = { bytes: Buffer.alloc(LENGTHS), filled: 0 }
  let message: Partial | undefined
  let headerLength = 0
  let refusal: string | undefined

  const give = (bytes: Uint8Array): void =>
    take({ header: bytes.subarray(0, headerLength), body: bytes.subarray(headerLength) })

  /** With both lengths known: gives the message where it came in one piece, else begins to gather it. */
  const begin = (chunk: Uint8Array, at: number): number => {
    headerLength = lengths.bytes.readUInt32LE(0)
    const bodyLength = lengths.bytes.readUInt32LE(4)
    lengths.filled = 0
    refusal = tooLong('header', headerLength, limits.header) ?? tooLong('body', bodyLength, limits.body)
    if (refusal !== undefined) return chunk.byteLength
    const end = at + headerLength + bodyLength
    if (chunk.byteLength >= end) {
      give(chunk.subarray(at, end))
      return end
    }
    message = { bytes: Buffer.allocUnsafeSlow(end - at), filled: 0 }
    return fill(message, chunk, at)
  }

  const gather = (partial: Partial, chunk: Uint8Array, at: number): number => {
    const next = fill(partial, chunk, at)
    if (partial.filled < partial.bytes.byteLength) return next
    message = undefined
    give(partial.bytes)
    return next
  }

  const advance = (chunk: Uint8Array, at: number): number => {
    if (message) return gather(message, chunk, at)
    const next = fill(lengths, chunk, at)
    return lengths.filled === LENGTHS ? begin(chunk, next) : next
  }

  return {
    get pending() {
      return lengths.filled + (message?.filled ?? 0)
    },
    push: (chunk) => {
      for (let at = 0; refusal === undefined && at < chunk.byteLength;) at = advance(chunk, at)
      return refusal
    },
  }
}
