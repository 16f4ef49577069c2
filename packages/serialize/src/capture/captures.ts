import { encodeValue } from '../encode/encode-value.js'
import type { AnyFunction } from '../functions.js'
import type { MessageEncoder } from './describe.js'

/** A function as a message of its own. */
export interface Captured {
  readonly bytes: Uint8Array
  /** The texts of the codes that the message names, by id. */
  readonly codes: ReadonlyMap<string, string>
}

/** Called with the name of a function and what is to be said about it. */
export type OnChange = (name: string, message: string) => void

export interface CaptureOptions {
  readonly encoder: () => MessageEncoder
  /** Called when what a function captured has changed since; without it that is not looked for. */
  readonly onChange: OnChange | undefined
}

const encode = (fn: AnyFunction, name: string, functions: MessageEncoder): Captured => {
  const codes = new Map<string, string>()
  const bytes = encodeValue(fn, { functions, name, codes: (id, text) => codes.set(id, text) })
  return { bytes, codes }
}

/** Captures functions once: what they hold is as it was then, but for variables that are assigned again. */
export const createCaptures = ({ encoder, onChange }: CaptureOptions) => {
  const known = new WeakMap<AnyFunction, Captured>()

  const check = (fn: AnyFunction, name: string, before: Captured): void => {
    const now = encode(fn, name, encoder())
    if (Buffer.compare(now.bytes, before.bytes) === 0) return
    onChange?.(
      name,
      `what ${name} captured has changed since it was first submitted, and the change does not travel; ` +
        'pass it as an argument, or keep it in a `let` that is assigned again',
    )
  }

  return (fn: AnyFunction, name: string): Captured => {
    const before = known.get(fn)
    if (before !== undefined) {
      if (onChange !== undefined) check(fn, name, before)
      return before
    }
    const functions = encoder()
    const captured = encode(fn, name, functions)
    if (!functions.hasCells()) known.set(fn, captured)
    return captured
  }
}
