import { DeserializationError } from '@parsl/interfaces'
import type { Functions } from '../capture/create-functions.js'
import { decodeValue } from '../decode/decode-value.js'
import { errorAsTold, textOf, type ToldError } from './told-error.js'

const decoded = async (whole: Uint8Array, functions: Pick<Functions, 'decoder' | 'whenReady'> | undefined) => {
  if (functions === undefined) return { error: decodeValue(whole) }
  return functions.whenReady(() => ({ error: decodeValue(whole, { functions: functions.decoder }) }))
}

/**
 * What `encodeError` made bytes of; where it cannot be made again here, an error with its name, message and stack. Never
 * rejects: bytes that are no error give a `DeserializationError`. (In an object, since a body may throw a promise.)
 */
export const decodeError = async (
  bytes: Uint8Array,
  functions?: Pick<Functions, 'decoder' | 'whenReady'>,
): Promise<{ readonly error: unknown }> => {
  try {
    const [whole, told] = decodeValue(bytes) as readonly [Uint8Array | null, ToldError]
    try {
      if (whole !== null) return await decoded(whole, functions)
    } catch (error) {
      const leftOut = [...told.leftOut, textOf(error, 'message') ?? 'it cannot be made here']
      return { error: errorAsTold({ ...told, leftOut }) }
    }
    return { error: errorAsTold(told) }
  } catch (error) {
    return { error: new DeserializationError('it is no error', { cause: error }) }
  }
}
