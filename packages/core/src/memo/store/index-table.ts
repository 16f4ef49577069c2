import { KEY_BYTES } from './layout.js'

/** Where a record is. */
export interface Place {
  readonly file: number
  readonly offset: number
  readonly length: number
}

/** Finds the newest record of a key, in typed arrays. It grows by chunks, so nothing but the table of slots is ever copied. */
export interface Index {
  /** How many keys it has. */
  readonly size: number
  /** The key stands at `at` in `bytes`. What was there before is forgotten, unless the new one may yet turn out to be damaged. */
  put(key: { readonly bytes: Buffer; readonly at: number }, place: Place, isChecked: boolean): void
  has(key: Uint8Array): boolean
  /** The places of a key, newest first: one, and more where the first may be damaged. */
  places(key: Uint8Array): readonly Place[]
}

const WORDS = KEY_BYTES / 4
const CHUNK_BITS = 14
const CHUNK = 2 ** CHUNK_BITS
const FIRST_SLOTS = 2 ** 10
/** The part of the slots that may be taken. */
const FULL = 0.75

interface Chunk {
  readonly keys: Uint32Array
  readonly offsets: Float64Array
  readonly lengths: Float64Array
  readonly files: Uint32Array
  /** The row of the record before this one, of the same key; 0 is none. */
  readonly older: Uint32Array
}

const newChunk = (): Chunk => ({
  keys: new Uint32Array(CHUNK * WORDS),
  offsets: new Float64Array(CHUNK),
  lengths: new Float64Array(CHUNK),
  files: new Uint32Array(CHUNK),
  older: new Uint32Array(CHUNK),
})

/** Keys are digests, but nothing here relies on it. */
const hashOf = (words: Uint32Array): number => {
  let hash = 0
  for (let word = 0; word < WORDS; word++) {
    hash = Math.imul(hash ^ (words[word] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}

/** Rows of records, numbered from 1. */
const newRows = () => {
  const chunks: Chunk[] = []
  let count = 0
  const at = (row: number): readonly [Chunk, number] => [chunks[row >>> CHUNK_BITS] as Chunk, row & (CHUNK - 1)]
  return {
    add: (): number => {
      count++
      if (count >>> CHUNK_BITS >= chunks.length) chunks.push(newChunk())
      return count
    },
    at,
    write: (row: number, place: Place, older: number): void => {
      const [chunk, index] = at(row)
      chunk.files[index] = place.file
      chunk.offsets[index] = place.offset
      chunk.lengths[index] = place.length
      chunk.older[index] = older
    },
    read: (row: number): { readonly place: Place; readonly older: number } => {
      const [{ files, offsets, lengths, older }, index] = at(row)
      const place = { file: files[index], offset: offsets[index], length: lengths[index] } as Place
      return { place, older: older[index] as number }
    },
  }
}

type Rows = ReturnType<typeof newRows>

const isKey = (rows: Rows, row: number, words: Uint32Array): boolean => {
  const [{ keys }, index] = rows.at(row)
  for (let word = 0; word < WORDS; word++) if (keys[index * WORDS + word] !== words[word]) return false
  return true
}

/** A slot is the hash of a key and its row, side by side; it is found by the hash, and taken from there on. */
const newSlots = (rows: Rows) => {
  let slots = new Uint32Array(FIRST_SLOTS * 2)
  let taken = 0
  const after = (at: number): number => (at + 2) & (slots.length - 1)
  const first = (hash: number): number => (hash * 2) & (slots.length - 1)
  const take = (hash: number, row: number): void => {
    let at = first(hash)
    while (slots[at + 1] !== 0) at = after(at)
    slots[at] = hash
    slots[at + 1] = row
  }
  const grow = (): void => {
    const before = slots
    slots = new Uint32Array(before.length * 2)
    for (let at = 0; at < before.length; at += 2)
      if (before[at + 1] !== 0) take(before[at] as number, before[at + 1] as number)
  }
  return {
    taken: (): number => taken,
    /** The row of a key, or 0. */
    rowOf: (words: Uint32Array): number => {
      const hash = hashOf(words)
      for (let at = first(hash); ; at = after(at)) {
        const row = slots[at + 1] as number
        if (row === 0 || (slots[at] === hash && isKey(rows, row, words))) return row
      }
    },
    take: (words: Uint32Array, row: number): void => {
      if (++taken * 2 > slots.length * FULL) grow()
      take(hashOf(words), row)
      const [{ keys }, index] = rows.at(row)
      keys.set(words, index * WORDS)
    },
  }
}

/** An index without entries. */
export const newIndex = (): Index => {
  const rows = newRows()
  const slots = newSlots(rows)
  const words = new Uint32Array(WORDS)
  const setWords = (bytes: Uint8Array, from: number): void => {
    for (let word = 0, at = from; word < WORDS; word++, at += 4)
      words[word] =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)
  }
  const rowOf = (key: Uint8Array): number => {
    if (key.length !== KEY_BYTES) return 0
    setWords(key, 0)
    return slots.rowOf(words)
  }
  return {
    get size() {
      return slots.taken()
    },
    put: ({ bytes, at }, place, isChecked) => {
      setWords(bytes, at)
      let row = slots.rowOf(words)
      let older = 0
      if (row === 0) {
        row = rows.add()
        slots.take(words, row)
      } else if (!isChecked) {
        const before = rows.read(row)
        older = rows.add()
        rows.write(older, before.place, before.older)
      }
      rows.write(row, place, older)
    },
    has: (key) => rowOf(key) !== 0,
    places: (key) => {
      const found: Place[] = []
      for (let row = rowOf(key); row !== 0;) {
        const { place, older } = rows.read(row)
        found.push(place)
        row = older
      }
      return found
    },
  }
}
