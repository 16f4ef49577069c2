import type { Functions } from '../capture/create-functions.js'
import { decodeValue } from '../decode/decode-value.js'
import { encodeValue } from '../encode/encode-value.js'
import { salvaged } from './salvage.js'
import { tellError, textOf } from './told-error.js'

/** How a thrown value is encoded. */
export interface EncodeErrorOptions {
  /** Lets classes of errors travel; without it an error of a class arrives as one of the language with the same name. */
  readonly functions?: Pick<Functions, 'encoder'>
  /** An error that takes more bytes arrives as text, cut to 16 KiB each for message and stack. */
  readonly maxBytes?: number
}

type Encode = (value: unknown, name: string) => Uint8Array

const encoding =
  ({ functions, maxBytes }: EncodeErrorOptions): Encode =>
  (value, name) =>
    encodeValue(value, {
      name,
      ...(functions !== undefined && { functions: functions.encoder() }),
      ...(maxBytes !== undefined && { maxBytes }),
    })

/** Why something fails; undefined if it does not. */
const failureOf = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return textOf(error, 'message') ?? 'it cannot travel'
  }
}

/** The thrown value as it is, or a copy without what cannot travel, or why there is neither. */
const formOf = (thrown: unknown, encode: Encode): { bytes: Uint8Array | null; reason: string | undefined } => {
  let bytes: Uint8Array | null = null
  const reason = failureOf(() => (bytes = encode(thrown, 'error')))
  if (reason !== undefined) {
    const refused = (value: unknown, path: string) => failureOf(() => encode(value, path))
    failureOf(() => (bytes = encode(salvaged(thrown, refused) ?? thrown, 'error')))
  }
  return { bytes, reason }
}

const needsFunctions = (bytes: Uint8Array | null): boolean =>
  bytes === null || failureOf(() => decodeValue(bytes)) !== undefined

/**
 * What a body threw, as bytes for `decodeError`: as it is if it can travel, else without the fields and classes that
 * cannot, which are named in `error[Symbol.for('parsl.left-out')]`, else as its name, message and stack. Never throws,
 * whatever was thrown.
 */
export const encodeError = (thrown: unknown, options: EncodeErrorOptions = {}): Uint8Array => {
  const { bytes, reason } = formOf(thrown, encoding(options))
  // For where its class cannot be made again.
  const { functions, ...alone } = options
  const plain = functions !== undefined && needsFunctions(bytes) ? formOf(thrown, encoding(alone)).bytes : null
  return encodeValue([bytes, plain, tellError(thrown, reason === undefined ? [] : [reason])])
}
