import type { Parcel } from '@parsl/worker'
import type { WirePart } from '../wire/messages.js'
import { unpackPart } from '../wire/payload.js'

/** A part as workers take it. */
export type Part = Parcel['parts'][number]

interface Entry {
  /** How many tries that are held here need it. */
  pins: number
  bytes: number
  part: Part | undefined
  /** Why its content cannot be used. */
  fault: string | undefined
  /** Tries that cannot begin without it. */
  waiting: Set<number> | undefined
  /** No try will need it any more. */
  isOver: boolean
}

/** What a manager keeps of what goes to it once. What a try that it holds needs is never forgotten, all else up to so many bytes, the longest unused first. */
export interface Parts {
  /** Keeps these for a try; gives those that are not here. */
  pin(ids: readonly string[], task: number): readonly string[]
  /** The try needs them no more. */
  unpin(ids: readonly string[], task: number): void
  /** Takes a part; gives the tries that waited for it. */
  put(part: WirePart): readonly number[]
  /** What is here of these, or why one of them cannot be used. */
  get(ids: readonly string[]): { readonly parts: readonly Part[]; readonly fault: string | undefined }
  /** No try will need these any more. */
  forget(ids: readonly string[]): void
  /** Those that were here and have been forgotten since this was asked last. */
  takeForgotten(): readonly string[]
  /** Those that tries wait for. */
  lacking(): readonly string[]
  /** Of what no try here needs. */
  readonly idleBytes: number
}

const NOTHING: readonly never[] = []

/** A view keeps the whole message in memory that it came in. */
const alone = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes

const read = (part: WirePart): Pick<Entry, 'part' | 'fault'> => {
  try {
    return {
      part: unpackPart({ ...part, content: part.isText ? part.content : alone(part.content) }),
      fault: undefined,
    }
  } catch (error) {
    return { part: undefined, fault: `part ${part.id} cannot be read: ${(error as Error).message}` }
  }
}

const isHere = ({ part, fault }: Entry): boolean => part !== undefined || fault !== undefined

/** Parts that nobody needs now, the longest unused first. */
const newIdle = (maxBytes: number, drop: (id: string) => void) => {
  const sizes = new Map<string, number>()
  let bytes = 0
  const remove = (id: string): void => {
    bytes -= sizes.get(id) ?? 0
    sizes.delete(id)
  }
  return {
    bytes: () => bytes,
    remove,
    add: (id: string, size: number): void => {
      sizes.set(id, size)
      bytes += size
      for (const old of sizes.keys()) {
        if (bytes <= maxBytes) return
        remove(old)
        drop(old)
      }
    },
  }
}

class KeptParts implements Parts {
  readonly #entries = new Map<string, Entry>()
  readonly #idle: ReturnType<typeof newIdle>
  #forgotten: string[] = []

  constructor(maxBytes: number) {
    this.#idle = newIdle(maxBytes, (id) => this.#drop(id))
  }

  get idleBytes(): number {
    return this.#idle.bytes()
  }

  pin(ids: readonly string[], task: number): readonly string[] {
    return ids.filter((id) => {
      const entry = this.#entryOf(id)
      if (entry.pins++ === 0) this.#idle.remove(id)
      if (isHere(entry)) return false
      ;(entry.waiting ??= new Set()).add(task)
      return true
    })
  }

  unpin(ids: readonly string[], task: number): void {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (!entry) continue
      entry.waiting?.delete(task)
      if (--entry.pins === 0) this.#rest(id, entry)
    }
  }

  put(part: WirePart): readonly number[] {
    const { id, content } = part
    const entry = this.#entryOf(id)
    if (isHere(entry)) return NOTHING
    Object.assign(entry, read(part), { bytes: content.byteLength })
    const waiting = [...(entry.waiting ?? NOTHING)]
    entry.waiting = undefined
    if (entry.pins === 0) this.#rest(id, entry)
    return waiting
  }

  get(ids: readonly string[]): { readonly parts: readonly Part[]; readonly fault: string | undefined } {
    const parts: Part[] = []
    for (const id of ids) {
      const { part, fault = `part ${id} is not here` } = this.#entries.get(id) ?? {}
      if (!part) return { parts, fault }
      parts.push(part)
    }
    return { parts, fault: undefined }
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (!entry) continue
      entry.isOver = true
      if (entry.pins === 0) this.#rest(id, entry)
    }
  }

  takeForgotten(): readonly string[] {
    if (this.#forgotten.length === 0) return NOTHING
    const all = this.#forgotten
    this.#forgotten = []
    return all
  }

  lacking(): readonly string[] {
    return [...this.#entries].flatMap(([id, { waiting }]) => (waiting && waiting.size > 0 ? [id] : []))
  }

  #entryOf(id: string): Entry {
    const known = this.#entries.get(id)
    if (known) return known
    const entry: Entry = { pins: 0, bytes: 0, part: undefined, fault: undefined, waiting: undefined, isOver: false }
    this.#entries.set(id, entry)
    return entry
  }

  /** No try that is here needs it now. */
  #rest(id: string, entry: Entry): void {
    this.#idle.remove(id)
    if (!isHere(entry)) this.#entries.delete(id)
    else if (entry.isOver) this.#drop(id)
    else this.#idle.add(id, entry.bytes)
  }

  #drop(id: string): void {
    this.#entries.delete(id)
    this.#forgotten.push(id)
  }
}

/** @param maxBytes of parts that no try needs now */
export const newParts = (maxBytes: number): Parts => new KeptParts(maxBytes)
