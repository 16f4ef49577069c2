/** Bytes that may lie in a ring. */
const SIZE = 65_536
/** Stands in the place of a length where the rest up to the end is left empty. */
const SKIP = -1
const WORD = Int32Array.BYTES_PER_ELEMENT
/** Where the writer and where the reader stand, whether the reader is to be woken, and how much it took that went another way. */
const [WRITTEN, READ, AWAITED, TAKEN] = [0, 1, 2, 3]
const CELLS = 4

/** Memory for messages in one direction between two threads: it saves what a message port takes to copy, to collect and to wake for each. */
export const newRingMemory = (): SharedArrayBuffer => new SharedArrayBuffer(CELLS * WORD + SIZE)

const viewsOf = (memory: SharedArrayBuffer) => ({
  cells: new Int32Array(memory, 0, CELLS),
  words: new Int32Array(memory, CELLS * WORD),
  bytes: new Uint8Array(memory, CELLS * WORD),
})

/** What a message of so many bytes takes, whole words. */
const spaceFor = (length: number): number => WORD + Math.ceil(length / WORD) * WORD

export interface RingWriter {
  /** Whether there was room, and nothing is under way that would be overtaken. */
  write(message: Uint8Array): boolean
  /** Something goes another way. */
  bypassed(): void
  /** Whether the reader is to be woken for what was written; true once for all that it has not read. */
  isAwaited(): boolean
}

export const ringWriter = (memory: SharedArrayBuffer): RingWriter => {
  const { cells, words, bytes } = viewsOf(memory)
  let at = 0
  let bypassed = 0
  return {
    write: (message) => {
      if (Atomics.load(cells, TAKEN) !== bypassed) return false
      const space = spaceFor(message.byteLength)
      const skipped = at + space > SIZE ? SIZE - at : 0
      const used = (at - Atomics.load(cells, READ) + SIZE) % SIZE
      if (used + skipped + space >= SIZE) return false
      if (skipped > 0) {
        words[at / WORD] = SKIP
        at = 0
      }
      words[at / WORD] = message.byteLength
      bytes.set(message, at + WORD)
      at = (at + space) % SIZE
      Atomics.store(cells, WRITTEN, at)
      return true
    },
    bypassed: () => void (bypassed = (bypassed + 1) | 0),
    isAwaited: () => Atomics.exchange(cells, AWAITED, 0) === 1,
  }
}

export interface RingReader {
  /** The next message, the reader's own. */
  read(): Uint8Array | undefined
  /** Something was taken that went another way, after all of the ring. */
  tookBypassed(): void
  /** Has the writer wake this reader. False where there is something to read already. */
  sleeps(): boolean
  /** Has the writer wake it no more: it looks by itself. */
  looks(): void
}

export const ringReader = (memory: SharedArrayBuffer): RingReader => {
  const { cells, words, bytes } = viewsOf(memory)
  let at = 0
  const isEmpty = (): boolean => at === Atomics.load(cells, WRITTEN)
  const looks = (): void => void Atomics.store(cells, AWAITED, 0)
  return {
    read: () => {
      if (isEmpty()) return undefined
      if (words[at / WORD] === SKIP) at = 0
      const length = words[at / WORD] as number
      const message = Buffer.allocUnsafe(length)
      message.set(bytes.subarray(at + WORD, at + WORD + length))
      at = (at + spaceFor(length)) % SIZE
      Atomics.store(cells, READ, at)
      return message
    },
    sleeps: () => {
      Atomics.store(cells, AWAITED, 1)
      if (isEmpty()) return true
      looks()
      return false
    },
    tookBypassed: () => void Atomics.add(cells, TAKEN, 1),
    looks,
  }
}
