import type { Functions } from '../capture/create-functions.js'
import { encodeValue } from '../encode/encode-value.js'
import { type Refused, salvaged } from './salvage.js'
import { tellError, textOf } from './told-error.js'

/** How a thrown value is encoded. */
export interface EncodeErrorOptions {
  /** Lets classes of errors travel; without it an error of a class arrives as one of the language with the same name. */
  readonly functions?: Pick<Functions, 'encoder'>
  /** An error that takes more bytes arrives as text, cut to 16 KiB each for message and stack. */
  readonly maxBytes?: number
}

const reasonIn = (error: unknown): string => textOf(error, 'message') ?? 'error cannot travel'

/**
 * What a body threw, as bytes for `decodeError`: as it is if it can travel, else without the fields and classes that
 * cannot, which are named in `error[Symbol.for('parsl.left-out')]`, else as its name, message and stack. Never throws,
 * whatever was thrown.
 */
export const encodeError = (thrown: unknown, { functions, maxBytes }: EncodeErrorOptions = {}): Uint8Array => {
  const leftOut: string[] = []
  const encode = (value: unknown, name: string): Uint8Array =>
    encodeValue(value, {
      name,
      ...(functions !== undefined && { functions: functions.encoder() }),
      ...(maxBytes !== undefined && { maxBytes }),
    })
  const refused: Refused = (value, path) => {
    try {
      encode(value, path)
      return undefined
    } catch (error) {
      return reasonIn(error)
    }
  }
  for (const form of [() => thrown, () => salvaged(thrown, refused) ?? thrown]) {
    try {
      return encodeValue([encode(form(), 'error'), tellError(thrown, leftOut)])
    } catch (error) {
      leftOut.splice(0, 1, reasonIn(error))
    }
  }
  return encodeValue([null, tellError(thrown, leftOut)])
}
