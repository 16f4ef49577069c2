import { DeserializationError } from '@parsl/interfaces'
import type { Functions } from '../capture/create-functions.js'
import { decodeValue } from '../decode/decode-value.js'
import { isObject } from '../is-object.js'
import { errorAsTold, noteLeftOut, textOf, type ToldError } from './told-error.js'

type Sent = readonly [bytes: Uint8Array | null, plain: Uint8Array | null, told: ToldError]

/** In an object, since a body may throw a promise. */
interface Thrown {
  readonly error: unknown
}

type Decoding = Pick<Functions, 'decoding' | 'whenReady'>

const decoded = async (bytes: Uint8Array, functions: Decoding | undefined): Promise<Thrown> => {
  if (functions === undefined) return { error: decodeValue(bytes) }
  return functions.whenReady(() => ({ error: decodeValue(bytes, { functions: functions.decoding() }) }))
}

/** What can be made without the functions that the thrown value needs. */
const withoutFunctions = ([, plain, told]: Sent, reason: string): Thrown => {
  if (plain === null) return { error: errorAsTold({ ...told, leftOut: [...told.leftOut, reason] }) }
  const error = decodeValue(plain)
  if (isObject(error)) noteLeftOut(error, [...told.leftOut, reason])
  return { error }
}

/**
 * What `encodeError` made bytes of. Where its class cannot be made again here, it is an error with the same name,
 * message, stack and fields. Never rejects: bytes that are no error give a `DeserializationError`.
 */
export const decodeError = async (bytes: Uint8Array, functions?: Decoding): Promise<Thrown> => {
  try {
    const sent = decodeValue(bytes) as Sent
    const [whole, , told] = sent
    if (whole === null) return { error: errorAsTold(told) }
    try {
      return await decoded(whole, functions)
    } catch (error) {
      return withoutFunctions(sent, textOf(error, 'message') ?? 'it cannot be made here')
    }
  } catch (error) {
    return { error: new DeserializationError('it is no error', { cause: error }) }
  }
}
