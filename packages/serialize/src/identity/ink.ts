import { hash } from 'node:crypto'

/** What a leaf or container is, in the bytes that stand for a value. Part of what identities are made of: never renumber. */
export const tag = {
  undefined: 1,
  null: 2,
  true: 3,
  false: 4,
  number: 5,
  bigint: 6,
  string: 7,
  symbolFor: 8,
  wellKnown: 9,
  hole: 10,
  list: 11,
  object: 12,
  map: 13,
  set: 14,
  bytes: 15,
  class: 16,
  prototype: 17,
  named: 18,
  code: 19,
  seen: 20,
  digest: 21,
  standIn: 22,
  coded: 23,
  fields: 24,
  accessor: 25,
  function: 26,
} as const

/** A container whose bytes are more is replaced by their hash. */
const LONGEST = 256

const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

/** The bytes that stand for a value, while they are being written. */
export class Ink {
  #page = Buffer.allocUnsafe(512)
  #length = 0

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    this.#room(1)
    this.#page[this.#length++] = value
  }

  number(value: number): void {
    this.#room(8)
    this.#length = this.#page.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value, this.#length)
  }

  text(value: string): void {
    this.number(value.length)
    this.#room(value.length * 2)
    this.#length += this.#page.write(value, this.#length, 'utf16le')
  }

  bytes(value: Uint8Array): void {
    this.number(value.length)
    this.raw(value.length > LONGEST ? sha256(value) : value)
  }

  /** Adds what was written before. */
  raw(form: Uint8Array): void {
    this.#room(form.length)
    this.#page.set(form, this.#length)
    this.#length += form.length
  }

  /** A copy of what was written from `start` on. */
  from(start: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#page, start, this.#length)
  }

  /** Puts a hash in the place of what was written from `start` on, where that is long. */
  shorten(start: number): boolean {
    if (this.#length - start <= LONGEST) return false
    const digest = sha256(this.#page.subarray(start, this.#length))
    this.#length = start
    this.byte(tag.digest)
    this.raw(digest)
    return true
  }

  /** Sorts parts, which begin at `starts` and go to the end. */
  sort(starts: readonly number[]): void {
    const parts = starts.map((start, at) => Buffer.from(this.#page.subarray(start, starts[at + 1] ?? this.#length)))
    this.#length = starts[0] ?? this.#length
    for (const part of parts.sort(Buffer.compare)) this.raw(part)
  }

  digest(): string {
    return sha256(this.#page.subarray(0, this.#length)).toString('base64url')
  }

  #room(size: number): void {
    if (this.#length + size <= this.#page.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#page.length * 2, this.#length + size))
    this.#page.copy(larger, 0, 0, this.#length)
    this.#page = larger
  }
}
