import { DeserializationError } from '@parsl/interfaces'
import {
  type AnyFunction,
  decodeValue,
  encodeValue,
  type FunctionDecoder,
  type FunctionEncoder,
  type Functions,
} from '@parsl/serialize'

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

const finding = (decoder: FunctionDecoder, classes: ReadonlyMap<string, AnyFunction>): FunctionDecoder => ({
  ...decoder,
  create: (description) => {
    if (!('name' in description) || !description.name.startsWith(CLASS)) return decoder.create(description)
    const [identity, name] = JSON.parse(description.name.slice(CLASS.length)) as [string, string]
    const found = classes.get(identity)
    if (found) return found
    throw new DeserializationError(
      `it holds an instance of class ${name || '(anonymous)'}, which its app does not reach any more, or which has changed`,
    )
  },
})

/** Results as they are kept from one run to the next. */
export interface Results {
  /** @throws SerializationError `PARSL_SERIALIZE` for what cannot be kept */
  encode(value: unknown, name: string): Uint8Array
  /** @param classes those that the app reaches now @throws DeserializationError `PARSL_DESERIALIZE` */
  decode(bytes: Uint8Array, classes: ReadonlyMap<string, AnyFunction>): Promise<unknown>
}

export const newResults = (functions: Functions): Results => ({
  encode: (value, name) => encodeValue(value, { functions: classesByIdentity(functions), name }),
  decode: (bytes, classes) =>
    functions.whenReady(() => decodeValue(bytes, { functions: finding(functions.decoding(), classes) })),
})
