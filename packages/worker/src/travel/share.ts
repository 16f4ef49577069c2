import type { Shared } from '@parsl/data'
import { stays } from '@parsl/interfaces'
import { decodeValue, encodeValue } from '@parsl/serialize'
import type { Part } from '../messages.js'
import { deepFreeze } from './deep-freeze.js'
import { programFunctions } from './functions.js'
import { SharedValue } from './shared-value.js'

/**
 * Encodes a value once, for any number of tasks that take it as an argument: it is sent once to each worker, which decodes it once. Bodies get the value
 * itself, read-only: objects and arrays are frozen, and the bytes of typed arrays are for all tasks of a worker the same. Later changes of `value` do
 * not show. Dispose of it (`await using table = share(rows)`) when no further task will take it.
 * @throws SerializationError `PARSL_SERIALIZE` for what cannot travel
 */
export const share = <T>(value: T): Shared<T> => {
  const codes: Part[] = []
  const bytes = encodeValue(value, {
    functions: programFunctions().encoder(),
    codes: (id, text) => void codes.push([id, text]),
    name: 'shared value',
  })
  return new SharedValue(bytes, codes) as unknown as Shared<T>
}

stays('it hands values to tasks from the program; return the value instead', share)

const values = new WeakMap<SharedValue, unknown>()

/** A shared value as bodies in this program see it: a copy, read-only, made once. */
export const valueOfShared = (shared: SharedValue): unknown => {
  if (!values.has(shared)) {
    const codes = new Map(shared.parts as readonly (readonly [string, string])[])
    const options = { functions: programFunctions().decoding(), codes: (id: string) => codes.get(id) }
    values.set(shared, deepFreeze(decodeValue(shared.bytes, options)))
  }
  return values.get(shared)
}
