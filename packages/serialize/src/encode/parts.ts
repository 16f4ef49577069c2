import type { Names } from './writer.js'

/** What an object of some kind is made of. */
export interface Parts {
  /** The class of the language it belongs to. */
  readonly type: string
  /** How the other side makes it: an operation and leaves. */
  readonly head: readonly unknown[]
  /** A primitive that the head ends with. */
  readonly primitive?: unknown
  /** What it contains beyond its own properties. */
  readonly items?: ArrayLike<unknown>
  readonly names?: Names
  /** Own properties that need not be written. */
  readonly carried?: (key: PropertyKey) => boolean
  /** Its elements are no properties to look at. */
  readonly indexed?: boolean
  readonly blob?: Uint8Array
}

/** How buffers may travel. */
export interface Allowed {
  readonly sharedMemory: boolean
  readonly beside: ((bytes: Uint8Array) => number | undefined) | undefined
}

/** Knows one kind of object. */
export interface Kind {
  /** By brand, so that values of other realms are known too. */
  is(value: object): boolean
  parts(value: object, allowed: Allowed): Parts | string
}

/** A kind with the type that its test implies. A string in place of parts is the reason of a refusal. */
export const kind = <T extends object>(
  is: (value: object) => boolean,
  parts: (value: T, allowed: Allowed) => Parts | string,
): Kind => ({ is, parts: (value, allowed) => parts(value as T, allowed) })
