import {
  crcOf,
  type Head,
  HEAD_BYTES,
  isTrailer,
  lengthOf,
  MARKER,
  readHead,
  SLICE_BYTES,
  TRAILER_BYTES,
} from './layout.js'

/** What can be read at a place: a file, or bytes in a test. */
export interface Source {
  /** Reads up to so many bytes; fewer only at the end. */
  read(into: Buffer, position: number): Promise<number>
}

/** A record that was found. It is only good until the next ones are asked for. */
export interface Found {
  readonly head: Head
  readonly offset: number
  readonly length: number
  /** Whether all of it agrees with its checksums. Of a long record only the first and last bytes were looked at. */
  readonly isChecked: boolean
  /** Where it begins in `bytes`, which holds at least its head, and all of a short one. */
  readonly at: number
  readonly bytes: Buffer
}

/** Bytes in which no record was found. */
export interface Damage {
  readonly offset: number
  readonly length: number
  /** Whether nothing follows. */
  readonly isTail: boolean
}

/** Where and how to walk. */
export interface Walk {
  readonly source: Source
  readonly start: number
  readonly size: number
  /** Of the file; without it, records of any file are found. */
  readonly mark: number | undefined
  /** Whether long records are read and compared as well. @defaultValue false */
  readonly checkAll?: boolean
  readonly onDamage?: (damage: Damage) => void
}

/** Records longer than this are not read whole. */
export const WINDOW_BYTES = 2 ** 20

/** Part of a file in memory. */
interface Window {
  readonly bytes: Buffer
  readonly base: number
}

type Verdict = 'good' | 'damaged' | 'torn'

/**
 * A record whose last bytes are where its head says was written to its end. If it is damaged, it is passed over as a whole, so that its value is never
 * taken for records. Otherwise others may stand where it would have gone on.
 */
const judge = (bytes: Buffer, at: number, head: Head): Verdict => {
  const valueAt = at + HEAD_BYTES + head.metaLength
  const end = valueAt + head.valueLength
  if (!isTrailer(bytes, end, head)) return 'torn'
  const isGood =
    crcOf(bytes.subarray(at + HEAD_BYTES, valueAt)) === head.metaCrc &&
    crcOf(bytes.subarray(valueAt, end)) === head.valueCrc
  return isGood ? 'good' : 'damaged'
}

const nextMarker = (bytes: Buffer, from: number): number => {
  const at = bytes.indexOf(MARKER, from)
  return at === -1 ? Math.max(from, bytes.length - MARKER.length + 1) : at
}

interface Parsed {
  readonly found: readonly Found[]
  /** From where in the file to go on. */
  readonly next: number
  /** The record there, if it is too long for a window. */
  readonly long?: Head
}

/** Finds the records in a window, as far as they are whole there. */
const parse = ({ bytes, base }: Window, { mark, size }: Pick<Walk, 'mark' | 'size'>): Parsed => {
  const found: Found[] = []
  let at = 0
  while (at + HEAD_BYTES <= bytes.length) {
    const head = readHead(bytes, at, mark)
    const length = head === undefined ? Infinity : lengthOf(head)
    if (head === undefined || base + at + length > size) {
      at = nextMarker(bytes, at + 1)
      continue
    }
    if (length > WINDOW_BYTES) return { found, next: base + at, long: head }
    if (at + length > bytes.length) break
    const outcome = judge(bytes, at, head)
    if (outcome === 'good') found.push({ head, offset: base + at, length, isChecked: true, at, bytes })
    at = outcome === 'torn' ? nextMarker(bytes, at + 1) : at + length
  }
  return { found, next: base + at }
}

/** Reads until the buffer is full or the file ends. */
export const fill = async (source: Source, into: Buffer, position: number): Promise<Buffer> => {
  let filled = 0
  while (filled < into.length) {
    const count = await source.read(into.subarray(filled, filled + SLICE_BYTES), position + filled)
    if (count === 0) break
    filled += count
  }
  return into.subarray(0, filled)
}

const streamedCrc = async (source: Source, from: number, length: number): Promise<number> => {
  const buffer = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, length))
  let crc = 0
  for (let done = 0; done < length;) {
    const bytes = await fill(source, buffer.subarray(0, Math.min(buffer.length, length - done)), from + done)
    if (bytes.length === 0) return -1
    crc = crcOf(bytes, crc)
    done += bytes.length
  }
  return crc
}

/** Of a long record only the end is looked at, unless all is to be checked: the rest is compared when it is read. */
const judgeLong = async ({ source, checkAll }: Walk, offset: number, head: Head): Promise<Verdict | 'unchecked'> => {
  const trailer = await fill(source, Buffer.alloc(TRAILER_BYTES), offset + lengthOf(head) - TRAILER_BYTES)
  if (trailer.length < TRAILER_BYTES || !isTrailer(trailer, 0, head)) return 'torn'
  if (checkAll !== true) return 'unchecked'
  const metaAt = offset + HEAD_BYTES
  const isGood =
    (await streamedCrc(source, metaAt, head.metaLength)) === head.metaCrc &&
    (await streamedCrc(source, metaAt + head.metaLength, head.valueLength)) === head.valueCrc
  return isGood ? 'good' : 'damaged'
}

/** Every record of a file that can be trusted, in its order, some at a time. Never fails for what the bytes are. */
export async function* walk(options: Walk): AsyncGenerator<readonly Found[]> {
  const { source, start, mark, onDamage } = options
  const buffer = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, Math.max(0, options.size - start)))
  let { size } = options
  let offset = start
  let expected = start
  const note = (found: readonly Found[]): readonly Found[] => {
    for (const each of found) {
      if (each.offset > expected) onDamage?.({ offset: expected, length: each.offset - expected, isTail: false })
      expected = each.offset + each.length
    }
    return found
  }
  while (offset + HEAD_BYTES <= size) {
    const wanted = Math.min(buffer.length, size - offset)
    const bytes = await fill(source, buffer.subarray(0, wanted), offset)
    // Its writer took back what it could not write in full.
    if (bytes.length < wanted) size = offset + bytes.length
    const { found, next, long } = parse({ bytes, base: offset }, { mark, size })
    if (found.length > 0) yield note(found)
    offset = next
    if (long === undefined) continue
    const outcome = await judgeLong(options, offset, long)
    const length = lengthOf(long)
    if (outcome === 'good' || outcome === 'unchecked') {
      const view = await fill(source, buffer.subarray(0, HEAD_BYTES), offset)
      yield note([{ head: long, offset, length, isChecked: outcome === 'good', at: 0, bytes: view }])
    }
    offset += outcome === 'torn' ? 1 : length
  }
  if (expected < size) onDamage?.({ offset: expected, length: size - expected, isTail: true })
}
