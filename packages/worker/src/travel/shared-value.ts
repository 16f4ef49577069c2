import { createHash } from 'node:crypto'
import { DeserializationError, intrinsics, SerializationError } from '@parsl/interfaces'
import type { Part } from '../messages.js'
import type { SharedContent } from './shared-memory.js'

const KEY = Symbol.for('@parsl/shares')
const BRAND = Symbol.for('parsl.shared')

/** Where shared values are found by their ids: in a worker those that it was sent. */
type Lookup = (id: string) => unknown
type Holder = { [KEY]?: Lookup }

/** Has this worker find shared values. */
export const findSharesBy = (lookup: Lookup): void => void ((globalThis as Holder)[KEY] = lookup)

/** The same for the same value, however often it is shared. */
const idOf = ({ bytes, buffers, inPlace }: SharedContent): string => {
  const hash = createHash('sha256').update(bytes)
  for (const buffer of buffers) hash.update(buffer)
  return `share.${inPlace ? 'place' : 'copy'}.${hash.digest('base64url')}`
}

let found: Set<SharedValue> | undefined

/** Runs an encoding, and gives the shared values that it came upon. */
export const sharesIn = <T>(encode: () => T): { readonly result: T; readonly shares: readonly SharedValue[] } => {
  const outer = found
  const own = new Set<SharedValue>()
  found = own
  try {
    return { result: encode(), shares: [...own] }
  } finally {
    found = outer
  }
}

/** A value that was encoded once, and is sent to each worker once. */
export class SharedValue implements AsyncDisposable {
  readonly id: string
  /** What a worker needs of it, itself last. */
  readonly parts: readonly Part[]
  readonly content: SharedContent
  readonly #releases = new Set<(id: string) => void>()
  readonly #idle = Promise.withResolvers<void>()
  #users = 0
  #isReleased = false

  constructor(content: SharedContent, codes: readonly Part[]) {
    this.content = content
    this.id = idOf(content)
    this.parts = [...codes, [this.id, content]]
    Object.defineProperty(this, BRAND, { value: true })
  }

  static [Symbol.for('parsl.encode')](shared: SharedValue): string {
    if (shared.#isReleased) throw new SerializationError('a shared value', 'it was released; share() the value again')
    // Whoever encodes arguments asks what they hold; a function is captured once, for tasks that may not even take it.
    if (found === undefined)
      throw new SerializationError('a shared value', 'a function holds it; pass it as an argument')
    found.add(shared)
    return shared.id
  }

  static [Symbol.for('parsl.decode')](id: string): unknown {
    const lookup = (globalThis as Holder)[KEY]
    if (lookup) return lookup(id)
    throw new DeserializationError('a shared value came to a place where it was not sent')
  }

  /** Counts a task that takes it. `release` is called once nobody needs it any more; the same function twice counts once. */
  use(release: (id: string) => void): () => void {
    this.#releases.add(release)
    this.#users++
    return () => {
      if (--this.#users === 0 && this.#isReleased) this.#release()
    }
  }

  /** Has every worker forget it, once the tasks that take it have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isReleased = true
    if (this.#users === 0) this.#release()
    await this.#idle.promise
  }

  #release(): void {
    for (const release of this.#releases) release(this.id)
    this.#releases.clear()
    this.#idle.resolve()
  }
}

intrinsics('@parsl/worker', { SharedValue })

/** Whether a value was made by `share`, of any copy of this package. */
export const isShared = (value: object): value is SharedValue => BRAND in value
