import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { InternalConsistencyError } from '@parsl/interfaces'
import type { BodyParts, MemoEntry } from './entries.js'

// Every number here is in docs/reference/checkpoint-format.md, which says why.

/** The file of a checkpoint directory. */
export const FILE_NAME = 'tasks.ckpt'
/** The version that is written, and the only one that is read. */
export const VERSION = 1
export const HEADER_BYTES = 20
export const HEAD_BYTES = 64
export const KEY_AT = 28
export const KEY_BYTES = 32
export const TRAILER_BYTES = 4
/** A record this short is written in one piece. */
const ONE_PIECE = 65_536
/** What one call of the system or of the checksum gets at most. */
export const SLICE_BYTES = 2 ** 28

export const MAGIC = Buffer.from('parslckp')
export const MARKER = Buffer.from([0xf7, 0x63, 0x6b, 0x72])
const MARKER_NUMBER = MARKER.readUInt32LE()
const NO_KEY = new Uint8Array(KEY_BYTES)
const NOTHING = new Uint8Array(0)

/** Kinds of records. One that is not known is passed over. */
export const KIND = { writer: 1, body: 2, entry: 3, end: 4 } as const

/** What the fixed part of a record says. */
export interface Head {
  /** Of the file that it was written into. */
  readonly mark: number
  readonly kind: number
  readonly metaLength: number
  readonly valueLength: number
  readonly metaCrc: number
  readonly valueCrc: number
  readonly headCrc: number
}

/** The checksum of any number of bytes. */
export const crcOf = (bytes: Uint8Array, before = 0): number => {
  if (bytes.length <= SLICE_BYTES) return crc32(bytes, before)
  let crc = before
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) crc = crc32(bytes.subarray(at, at + SLICE_BYTES), crc)
  return crc
}

export const lengthOf = ({ metaLength, valueLength }: Pick<Head, 'metaLength' | 'valueLength'>): number =>
  HEAD_BYTES + metaLength + valueLength + TRAILER_BYTES

/** The first bytes of a file. */
export const encodeHeader = (mark: number): Buffer => {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt32LE(VERSION, 8)
  bytes.writeUInt32LE(mark, 12)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16)
  return bytes
}

/** Version and mark of a file, or `undefined` where they cannot be trusted. */
export const readHeader = (bytes: Buffer): { readonly version: number; readonly mark: number } | undefined => {
  if (bytes.length < HEADER_BYTES || bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined
  if (crc32(bytes.subarray(0, 16)) !== bytes.readUInt32LE(16)) return undefined
  return { version: bytes.readUInt32LE(8), mark: bytes.readUInt32LE(12) }
}

/** The head that stands at a place, of a record of the file with this mark, or of any file. */
export const readHead = (bytes: Buffer, at: number, mark?: number): Head | undefined => {
  if (at + HEAD_BYTES > bytes.length || bytes.readUInt32LE(at) !== MARKER_NUMBER) return undefined
  const found = bytes.readUInt32LE(at + 4)
  if (mark !== undefined && found !== mark) return undefined
  const headCrc = bytes.readUInt32LE(at + 60)
  if (crc32(bytes.subarray(at, at + 60)) !== headCrc) return undefined
  return {
    mark: found,
    kind: bytes[at + 8] as number,
    valueLength: bytes.readUIntLE(at + 10, 6),
    metaLength: bytes.readUInt32LE(at + 16),
    metaCrc: bytes.readUInt32LE(at + 20),
    valueCrc: bytes.readUInt32LE(at + 24),
    headCrc,
  }
}

/** Whether these four bytes end the record with this head. */
export const isTrailer = (bytes: Buffer, at: number, { headCrc }: Head): boolean =>
  bytes.readUInt32LE(at) === ~headCrc >>> 0

interface RecordParts {
  readonly mark: number
  readonly kind: number
  readonly key?: Uint8Array
  readonly meta?: string
  readonly value?: Uint8Array
}

const encodeHead = ({ mark, kind, key = NO_KEY }: RecordParts, meta: Uint8Array, value: Uint8Array): Buffer => {
  if (key.length !== KEY_BYTES)
    throw new InternalConsistencyError(`a key in a checkpoint has ${KEY_BYTES} bytes, not ${key.length}`)
  const head = Buffer.alloc(HEAD_BYTES)
  MARKER.copy(head)
  head.writeUInt32LE(mark, 4)
  head[8] = kind
  head.writeUIntLE(value.length, 10, 6)
  head.writeUInt32LE(meta.length, 16)
  head.writeUInt32LE(crcOf(meta), 20)
  head.writeUInt32LE(crcOf(value), 24)
  head.set(key, KEY_AT)
  head.writeUInt32LE(crc32(head.subarray(0, 60)), 60)
  return head
}

/** A record as pieces that follow each other. A short one is a copy; of a long one, the value is the caller's own bytes. */
export const encodeRecord = (parts: RecordParts): readonly Uint8Array[] => {
  const meta = Buffer.from(parts.meta ?? '')
  const value = parts.value ?? NOTHING
  const head = encodeHead(parts, meta, value)
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeUInt32LE(~head.readUInt32LE(60) >>> 0)
  if (meta.length + value.length <= ONE_PIECE) return [Buffer.concat([head, meta, value, trailer])]
  const pieces: Uint8Array[] = [head, meta]
  for (let at = 0; at < value.length; at += SLICE_BYTES) pieces.push(value.subarray(at, at + SLICE_BYTES))
  return [...pieces, trailer]
}

/** The key under which the parts of a function are found. */
export const keyOfBody = (body: string): Uint8Array => createHash('sha256').update(body).digest()

/** The record of an entry, or of what a function consists of. */
export const encodeEntry = (entry: MemoEntry | BodyParts, mark: number): readonly Uint8Array[] => {
  if (!('key' in entry)) {
    const { body, parts } = entry
    return encodeRecord({ mark, kind: KIND.body, key: keyOfBody(body), meta: JSON.stringify({ body, parts }) })
  }
  const { key, value, app, taskId, runId, at, body, parts, outputs } = entry
  const meta = JSON.stringify({ app, taskId, runId, at, body, parts, outputs })
  return encodeRecord({ mark, kind: KIND.entry, key, meta, value })
}
