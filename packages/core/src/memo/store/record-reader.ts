import type { CheckpointFile } from './checkpoint-file.js'
import type { BodyParts, MemoEntry } from './entries.js'
import { crcOf, HEAD_BYTES, KEY_AT, KEY_BYTES, lengthOf, readHead } from './layout.js'
import { fill, type Found } from './walk.js'

/** The contents of a record. */
export interface RecordContents {
  readonly meta: Buffer
  readonly value: Uint8Array
}

const isSame = (a: Buffer, at: number, b: Uint8Array): boolean => a.compare(b, 0, b.length, at, at + b.length) === 0

/** Reads and checks the record at a place; `undefined` where it is not there, not of this key, or damaged. */
export const readRecord = async (
  { source, mark }: Pick<CheckpointFile, 'source' | 'mark'>,
  { offset, length }: { readonly offset: number; readonly length: number },
  key: Uint8Array,
): Promise<RecordContents | undefined> => {
  // Of a pool, a small value would keep all of it.
  const bytes = await fill(source, Buffer.allocUnsafeSlow(length), offset)
  const head = readHead(bytes, 0, mark)
  if (!head || lengthOf(head) !== length || bytes.length !== length || !isSame(bytes, KEY_AT, key)) return undefined
  const valueAt = HEAD_BYTES + head.metaLength
  const meta = bytes.subarray(HEAD_BYTES, valueAt)
  const value = new Uint8Array(bytes.buffer, bytes.byteOffset + valueAt, head.valueLength)
  return crcOf(meta) === head.metaCrc && crcOf(value) === head.valueCrc ? { meta, value } : undefined
}

/** The key of a record that was found, as a copy. */
export const keyOf = ({ bytes, at }: Found): Uint8Array =>
  Uint8Array.from(bytes.subarray(at + KEY_AT, at + KEY_AT + KEY_BYTES))

/** What is said about an entry beside its value; `undefined` where that is damaged. */
export const metaOf = async ({ source }: Pick<CheckpointFile, 'source'>, found: Found): Promise<Buffer | undefined> => {
  const { head, at, bytes, isChecked, offset } = found
  if (isChecked && at + found.length <= bytes.length)
    return bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + head.metaLength)
  const meta = await fill(source, Buffer.allocUnsafe(head.metaLength), offset + HEAD_BYTES)
  return meta.length === head.metaLength && crcOf(meta) === head.metaCrc ? meta : undefined
}

const parsed = <T>(meta: Buffer): T | undefined => {
  try {
    return JSON.parse(meta.toString()) as T
  } catch {
    return undefined
  }
}

/** An entry as its record describes it, without key and value. */
export const parseEntry = (meta: Buffer): Omit<MemoEntry, 'key' | 'value'> | undefined => parsed(meta)

export const parseBody = (meta: Buffer): BodyParts | undefined => parsed(meta)
