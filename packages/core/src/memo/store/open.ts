import { resolve } from 'node:path'
import { stays } from '@parsl/interfaces'
import { type CheckpointFile, openFile, withFile } from './checkpoint-file.js'
import type { KeyPart, MemoEntry } from './entries.js'
import { type Index, newIndex } from './index-table.js'
import { KEY_AT, KIND, keyOfBody } from './layout.js'
import { newProblems, type Problems } from './problems.js'
import { parseBody, parseEntry, readRecord, type RecordContents } from './record-reader.js'
import { scanFile, type Scanned, type ScanFilter } from './scan.js'
import { walk } from './walk.js'

/** Finds remembered results in checkpoints of earlier runs. Values stay in the files until they are read. */
export interface CheckpointReader {
  /** How many keys there are. */
  readonly entries: number
  /** Torn tails and damaged records that were passed over, in words: file, place, bytes. Grows where damage shows up later. */
  readonly problems: readonly string[]
  has(key: Uint8Array): boolean
  /** Reads the newest entry of a key from its file, and checks it again. Where it turns out to be damaged, an older one that is not. */
  read(key: Uint8Array): Promise<MemoEntry | undefined>
  /** All entries, the oldest first, superseded ones too, a few in memory at a time. */
  scan(filter?: ScanFilter): AsyncIterable<Scanned>
  /** What a function consisted of. */
  bodyParts(body: string): Promise<readonly KeyPart[] | undefined>
  close(): Promise<void>
}

/** So many files stay open, the newest. Others are opened to read from them. */
const OPEN_FILES = 128

/** A file of the reader; without a handle it is opened when it is needed. */
interface Shelf {
  readonly dir: string
  readonly problems: Problems
  file: CheckpointFile | undefined
}

const onShelf = <T>({ dir, file }: Shelf, use: (file: CheckpointFile) => Promise<T>): Promise<T> =>
  file ? use(file) : withFile(dir, use)

/** Entries and parts of functions, by their keys. */
interface Indexes {
  readonly entries: Index
  readonly bodies: Index
}

const load = async (file: CheckpointFile, number: number, to: Indexes & Pick<Shelf, 'problems'>): Promise<void> => {
  if (file.mark === undefined) return to.problems.empty()
  for await (const batch of walk({ ...file, onDamage: to.problems.damage }))
    for (const { head, bytes, at, offset, length, isChecked } of batch) {
      const index = head.kind === KIND.entry ? to.entries : head.kind === KIND.body ? to.bodies : undefined
      index?.put({ bytes, at: at + KEY_AT }, { file: number, offset, length }, isChecked)
    }
}

const openAll = async (dirs: readonly string[], indexes: Indexes, shelves: Shelf[]): Promise<void> => {
  for (const [number, dir] of dirs.entries()) {
    const file = await openFile(dir)
    const shelf: Shelf = { dir, problems: newProblems(file.path), file }
    shelves.push(shelf)
    await load(file, number, { ...indexes, problems: shelf.problems })
    if (number + OPEN_FILES >= dirs.length) continue
    shelf.file = undefined
    await file.handle.close()
  }
}

/** What is asked of them later opens them again. */
const closeAll = async (shelves: readonly Shelf[]): Promise<void> => {
  for (const shelf of shelves) {
    const { file } = shelf
    shelf.file = undefined
    await file?.handle.close()
  }
}

const newest =
  (shelves: readonly Shelf[], index: Index) =>
  async (key: Uint8Array): Promise<RecordContents | undefined> => {
    for (const place of index.places(key)) {
      const shelf = shelves[place.file] as Shelf
      const record = await onShelf(shelf, (file) => readRecord(file, place, key))
      if (record) return record
      shelf.problems.unreadable(place.offset, place.length)
    }
    return undefined
  }

async function* scanAll(shelves: readonly Shelf[], filter: ScanFilter): AsyncGenerator<Scanned> {
  for (const { dir, file } of shelves) {
    const opened = file ?? (await openFile(dir))
    try {
      for await (const entry of scanFile(opened, filter)) yield { ...entry, dir }
    } finally {
      if (!file) await opened.handle.close()
    }
  }
}

/**
 * Opens the checkpoints in these directories. Of one key, the newest entry counts: from the later directory, and later in its file. A file that another
 * process writes now is read as far as it was written at this moment.
 * @throws BadCheckpoint `PARSL_CHECKPOINT` where one is not there, cannot be read, or is of another version.
 */
export const openCheckpoints = async (dirs: readonly string[]): Promise<CheckpointReader> => {
  const indexes = { entries: newIndex(), bodies: newIndex() }
  const shelves: Shelf[] = []
  const folders = dirs.map((dir) => resolve(dir))
  await openAll(folders, indexes, shelves).catch(async (error: unknown) => {
    await closeAll(shelves)
    throw error
  })
  const newestEntry = newest(shelves, indexes.entries)
  const newestBody = newest(shelves, indexes.bodies)
  return {
    entries: indexes.entries.size,
    get problems() {
      return shelves.flatMap(({ problems }) => problems.lines())
    },
    has: (key) => indexes.entries.has(key),
    read: async (key) => {
      const record = await newestEntry(key)
      const entry = record && parseEntry(record.meta)
      return record && entry && { key: Uint8Array.from(key), ...entry, value: record.value }
    },
    scan: (filter = {}) => scanAll(shelves, filter),
    bodyParts: async (body) => {
      const record = await newestBody(keyOfBody(body))
      return record && parseBody(record.meta)?.parts
    },
    close: () => closeAll(shelves),
  }
}

stays(
  'it reads checkpoints, which lie where the program runs; call it outside, and pass the body what it found',
  openCheckpoints,
)
