import { NO_BODY } from './batches.js'
import type { Packed } from './codec.js'
import { type Envelope, WIRE_VERSION } from './messages.js'

/** Version and length of the session's name before it, two numbers of six bytes behind it. */
const BEFORE = 2
const NUMBER = 6
const BEHIND = 2 * NUMBER
const SESSION_CHARS = 32

/** What stands around a message and the message as bytes, or in words why frames are none. */
export type Opened =
  | { readonly envelope: Envelope; readonly packed: Packed; readonly refusal?: undefined }
  | {
      readonly envelope?: undefined
      readonly packed?: undefined
      readonly refusal: string
      /** Of a peer that speaks otherwise than we do. */
      readonly version: number | undefined
    }

/**
 * The frames of a message on ZeroMQ: its envelope and header, and its body where it has one.
 * @param packed stays as it is: it may be sent again in another envelope
 */
export const intoFrames = ({ session, seq, ack }: Envelope, { header, body }: Packed): Uint8Array[] => {
  const at = BEFORE + session.length
  const first = Buffer.allocUnsafe(at + BEHIND + header.byteLength)
  first[0] = WIRE_VERSION
  first[1] = session.length
  first.write(session, BEFORE, 'latin1')
  first.writeUIntLE(seq, at, NUMBER)
  first.writeUIntLE(ack, at + NUMBER, NUMBER)
  first.set(header, at + BEHIND)
  return body.byteLength === 0 ? [first] : [first, body]
}

const refusal = (why: string, version?: number): Opened => ({ refusal: why, version })

/** Opens what came in one message of ZeroMQ. Never throws. */
export const openFrames = (frames: readonly Uint8Array[]): Opened => {
  const [first, body = NO_BODY] = frames
  if (first === undefined || frames.length > 2) return refusal(`one or two frames expected, ${frames.length} found`)
  const [version, length = 0] = first
  if (version === undefined) return refusal('an empty frame')
  if (version !== WIRE_VERSION)
    return refusal(`wire version ${version}, and this side speaks version ${WIRE_VERSION}`, version)
  const at = BEFORE + length
  if (length === 0 || length > SESSION_CHARS || first.byteLength < at + BEHIND) return refusal('no envelope')
  const bytes = Buffer.from(first.buffer, first.byteOffset, first.byteLength)
  const envelope = {
    session: bytes.toString('latin1', BEFORE, at),
    seq: bytes.readUIntLE(at, NUMBER),
    ack: bytes.readUIntLE(at + NUMBER, NUMBER),
  }
  return { envelope, packed: { header: first.subarray(at + BEHIND), body } }
}
