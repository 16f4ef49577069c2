import { DeserializationError, type MemoHit } from '@parsl/interfaces'
import {
  type AnyFunction,
  decodeValue,
  encodeValue,
  type FunctionDecoder,
  type FunctionEncoder,
  type Functions,
} from '@parsl/serialize'
import type { FindClass } from './classes.js'
import type { WrittenAt } from './store/create.js'

/** Stands before the identity of a class in a result that is kept. */
const CLASS = 'class '

const isClass = (fn: AnyFunction): boolean => Function.prototype.toString.call(fn).startsWith('class')

/** Classes of the user's files are not kept themselves: the next run has them, and its instances must be of its own classes. */
const classesByIdentity = (functions: Functions): FunctionEncoder => {
  const encoder = functions.encoder()
  return {
    ...encoder,
    describe: (fn, path) => {
      const described = encoder.describe(fn, path)
      const isUsers = 'code' in described && described.token !== undefined && isClass(fn)
      return isUsers ? { name: CLASS + JSON.stringify([functions.identityOf(fn), fn.name]) } : described
    },
  }
}

const finding = (decoder: FunctionDecoder, findClass: FindClass): FunctionDecoder => ({
  ...decoder,
  create: (description) => {
    if (!('name' in description) || !description.name.startsWith(CLASS)) return decoder.create(description)
    const [identity, name] = JSON.parse(description.name.slice(CLASS.length)) as [string, string]
    const found = findClass(identity)
    if (found) return found
    throw new DeserializationError(
      `it holds an instance of class ${name || '(anonymous)'}, which its app does not reach any more, or which has changed`,
    )
  },
})

/**
 * A result that several may take: as bytes, of which each gets a copy of its own, in memory or in the checkpoint; or, where copies make no sense or cannot be
 * made, the very one.
 */
export type Kept = { readonly bytes: Uint8Array } | { readonly writtenAt: WrittenAt } | { readonly itself: MemoHit }

/** Results as they are kept, and copied. */
export interface Results {
  /** @throws SerializationError `PARSL_SERIALIZE` for what cannot be kept */
  encode(value: unknown, name: string): Uint8Array
  /** @param findClass among those that the call reaches now @throws DeserializationError `PARSL_DESERIALIZE` */
  decode(bytes: Uint8Array, findClass: FindClass): Promise<unknown>
}

export const newResults = (functions: Functions): Results => ({
  encode: (value, name) => encodeValue(value, { functions: classesByIdentity(functions), name }),
  decode: (bytes, findClass) =>
    functions.whenReady(() => decodeValue(bytes, { functions: finding(functions.decoding(), findClass) })),
})
