import { inspect } from 'node:util'
import type { ParslError } from '@parsl/interfaces'

/** What a promise rejects with. Throws where it gives a value. */
export const errorOf = async (promise: PromiseLike<unknown>): Promise<ParslError> => {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error as ParslError
  }
  throw new Error(`expected a rejection, and there was a value: ${inspect(value)}`)
}
