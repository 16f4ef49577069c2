import type { Parcel } from '@parsl/worker'
import { Packr } from 'msgpackr'
import type { WirePart } from './messages.js'
import { isSound } from './scan.js'
import { bytes, count, flag, list, Malformed, nullable, record, type Shape, text } from './shapes.js'

/** What a task's payload holds of a parcel. Its parts travel by themselves. */
export type PayloadParcel = Omit<Parcel, 'parts' | 'laden'>
type Part = Parcel['parts'][number]
/** A shared value as a part holds it. */
interface SharedContent {
  readonly bytes: Uint8Array
  readonly inPlace: boolean
  readonly buffers: readonly Uint8Array[]
}

const packr = new Packr({ useRecords: false, moreTypes: false, encodeUndefinedAsNil: true })

/** Text is the name of a part. */
const bytesOrName: Shape<Uint8Array | string> = {
  write: (value) => value,
  read: (found) => (typeof found === 'string' ? text.read(found) : bytes.read(found)),
}

const payload = record({
  task: count,
  attempt: count,
  spec: text,
  body: bytesOrName,
  args: bytes,
  files: nullable(bytes),
  shares: list(text),
})

const sharedContent: Shape<SharedContent> = record({ bytes, inPlace: flag, buffers: list(bytes) })

const readAs = <T>(shape: Shape<T>, found: Uint8Array): T => {
  if (!isSound(found)) throw new Malformed('the bytes are not sound')
  return shape.read(packr.unpack(found))
}

const isShare = (id: string): boolean => id.startsWith('share.')

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The payload of a task: a list of task, attempt, name of its app's part, body (bytes, or the name of its part), arguments, files or null, names of shared values. */
export const packPayload = ({ task, attempt, spec, body, args, files, shares }: PayloadParcel): Uint8Array =>
  packr.pack([task, attempt, spec, body, args, files, shares])

/**
 * What a payload says.
 * @throws Malformed where it is none
 */
export const unpackPayload = (found: Uint8Array): PayloadParcel => {
  const { files, ...rest } = readAs(payload, found)
  return { ...rest, files: files ?? undefined }
}

/** A part as it travels. The content of a shared value is a list: its bytes, whether its buffers are seen in place, its large buffers. */
export const packPart = ([id, content]: Part): WirePart => {
  if (typeof content === 'string') return { id, isText: true, content: Buffer.from(content) }
  if (content instanceof Uint8Array) return { id, isText: false, content }
  return { id, isText: false, content: packr.pack(sharedContent.write(content as SharedContent)) }
}

/**
 * A part as workers take it.
 * @throws Malformed where its content is none
 */
export const unpackPart = ({ id, isText, content }: WirePart): Part => {
  if (isText) return [id, utf8.decode(content)]
  return [id, isShare(id) ? readAs(sharedContent, content) : content]
}

/** Values begin otherwise: a list of two. */
const LIST_OF_TWO = 0x92

const laden = list(bytes)

/** The payload of a result: the bytes of a value, and where a thread gave large buffers beside it, a list of both. */
export const packValue = (value: Uint8Array, buffers: readonly Uint8Array[] = []): Uint8Array =>
  buffers.length === 0 ? value : packr.pack([value, buffers])

/**
 * The bytes of a value, and the memory under its large buffers: what `decodeValue` takes as `beside`.
 * @throws Malformed where the payload is none
 */
export const unpackValue = (
  found: Uint8Array,
): { readonly value: Uint8Array; readonly beside: readonly ArrayBuffer[] } => {
  if (found[0] !== LIST_OF_TWO) return { value: found, beside: [] }
  if (!isSound(found)) throw new Malformed('the bytes are not sound')
  const [value, buffers] = packr.unpack(found) as [unknown, unknown]
  // Copies: what is made of them is the program's own.
  return { value: bytes.read(value), beside: laden.read(buffers).map((buffer) => new Uint8Array(buffer).buffer) }
}
