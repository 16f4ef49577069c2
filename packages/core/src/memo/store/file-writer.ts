import type { FileHandle } from 'node:fs/promises'
import type { Disk } from './disk.js'

/** Pieces that are kept together or not at all. */
export interface Batch {
  readonly pieces: readonly Uint8Array[]
  readonly bytes: number
  /** Tells where in the file they begin. */
  resolve(offset: number): void
  reject(cause: unknown): void
}

/** So many pieces the system takes at once. */
const PIECES = 1_024
/** So many bytes; more than twice that would not fit in one call. */
const BYTES = 2 ** 30

/** The first pieces, as many as go in one call. */
const portion = (pieces: readonly Uint8Array[]): Uint8Array[] => {
  const taken: Uint8Array[] = []
  for (let bytes = 0; taken.length < PIECES;) {
    const piece = pieces[taken.length]
    if (piece === undefined || (taken.length > 0 && bytes + piece.length > BYTES)) break
    taken.push(piece)
    bytes += piece.length
  }
  return taken
}

/** What is left of pieces after so many bytes. */
const rest = (pieces: readonly Uint8Array[], written: number): Uint8Array[] => {
  let index = 0
  let left = written
  for (; index < pieces.length; index++) {
    const { length } = pieces[index] as Uint8Array
    if (left < length) break
    left -= length
  }
  const [first, ...others] = pieces.slice(index)
  return first === undefined ? [] : [first.subarray(left), ...others]
}

/** Where to write, and through what. */
type Output = Pick<Target, 'file' | 'disk'>

/** How much of some pieces was written, and what stopped it. */
interface Written {
  readonly written: number
  readonly error?: unknown
}

/** Writes so many pieces as go in one call, in as many calls as it takes. */
const writePortion = async ({ file, disk }: Output, pieces: readonly Uint8Array[]): Promise<Written> => {
  let written = 0
  let left = pieces
  try {
    while (left.length > 0) {
      const count = await disk.write(file, left)
      if (count === 0) return { written, error: new Error('the file takes no more bytes') }
      written += count
      left = rest(left, count)
    }
    return { written }
  } catch (error) {
    return { written, error }
  }
}

const writeAll = async (output: Output, pieces: readonly Uint8Array[]): Promise<Written> => {
  let written = 0
  for (let from = 0; from < pieces.length;) {
    const part = portion(pieces.slice(from, from + PIECES))
    const { written: more, error } = await writePortion(output, part)
    written += more
    if (error !== undefined) return { written, error }
    from += part.length
  }
  return { written }
}

/** The batches that are whole in the first bytes written, and the others. */
const split = (batches: readonly Batch[], written: number): { whole: Batch[]; cut: Batch[]; bytes: number } => {
  let bytes = 0
  let count = 0
  for (const batch of batches) {
    if (bytes + batch.bytes > written) break
    bytes += batch.bytes
    count++
  }
  return { whole: batches.slice(0, count), cut: batches.slice(count), bytes }
}

/** What a writer works on. */
interface Target {
  readonly file: FileHandle
  readonly disk: Disk
  readonly sync: boolean
  /** Bytes that are in it. */
  readonly size: number
}

/**
 * Writes batches at the end of a file, one round after the other: what comes while a round is under way goes together in the next, and shares its sync.
 * A batch that was cut short is taken out of the file again. Where even that fails, readers find what follows by its marker.
 */
export const fileWriter = ({ file, disk, sync, size: before }: Target) => {
  let waiting: Batch[] = []
  let working: Promise<void> | undefined
  let size = before

  const round = async (batches: readonly Batch[]): Promise<void> => {
    const { written, error } = await writeAll(
      { file, disk },
      batches.flatMap(({ pieces }) => pieces),
    )
    const { whole, cut, bytes } = split(batches, written)
    let offset = size
    size += bytes
    if (cut.length > 0)
      await disk.truncate(file, size).catch(() => {
        size += written - bytes
      })
    for (const batch of cut) batch.reject(error)
    try {
      if (sync && whole.length > 0) await disk.sync(file)
      for (const batch of whole) {
        batch.resolve(offset)
        offset += batch.bytes
      }
    } catch (cause) {
      for (const batch of whole) batch.reject(cause)
    }
  }
  const work = async (): Promise<void> => {
    // Calls of the same turn go together.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batches = waiting
      waiting = []
      await round(batches)
    }
    working = undefined
  }
  return {
    /** Resolves when the pieces are written, and on the disk if that was asked for, with where they begin. */
    put: (pieces: readonly Uint8Array[]): Promise<number> => {
      const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      waiting.push({ pieces, bytes, resolve, reject })
      working ??= work()
      return promise
    },
    /** Resolves when nothing is under way. */
    idle: async (): Promise<void> => {
      while (working) await working
    },
  }
}
