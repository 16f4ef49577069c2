import type { Shared } from '@parsl/data'
import { complaintsAbout, ConfigurationError, isBoolean, stays } from '@parsl/interfaces'
import { decodeValue, encodeValue } from '@parsl/serialize'
import type { Part } from '../messages.js'
import { deepFreeze } from './deep-freeze.js'
import { programFunctions } from './functions.js'
import { LARGE_BYTES } from './laden.js'
import { memoryOf, sharedCopy } from './shared-memory.js'
import { SharedValue } from './shared-value.js'

/** How a value is shared. */
export interface ShareOptions {
  /**
   * Lets all threads of this program see the same memory: buffers and typed arrays are copied once, and not again for each thread. Bodies then get
   * views of a `SharedArrayBuffer`, everywhere alike, and a few functions refuse those (`crypto.subtle`, compression streams).
   * @defaultValue false
   */
  readonly inPlace?: boolean
}

/** Takes buffers out of a shared value while it is written. */
const newTaker = (inPlace: boolean) => {
  const buffers: Uint8Array[] = []
  const beside = (bytes: Uint8Array): number | undefined => {
    if (bytes.buffer instanceof SharedArrayBuffer || (!inPlace && bytes.byteLength < LARGE_BYTES)) return undefined
    return buffers.push(sharedCopy(bytes)) - 1
  }
  return { buffers, beside }
}

const inPlaceOf = (options: ShareOptions): boolean => {
  const checks = { inPlace: isBoolean }
  const complaints = complaintsAbout(options as Record<string, unknown>, checks, 'share')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  return options.inPlace ?? false
}

/**
 * Encodes a value once, for any number of tasks that take it as an argument: it is sent once to each worker, which decodes it once. Bodies get the value
 * itself, read-only: objects and arrays are frozen, and the bytes of typed arrays are for all tasks of a worker the same. Later changes of `value` do
 * not show. Dispose of it (`await using table = share(rows)`) when no further task will take it.
 * @throws SerializationError `PARSL_SERIALIZE` for what cannot travel
 * @throws ConfigurationError `PARSL_CONFIG` for an option that is none
 */
export const share = <T>(value: T, options: ShareOptions = {}): Shared<T> => {
  const inPlace = inPlaceOf(options)
  const codes: Part[] = []
  const { buffers, beside } = newTaker(inPlace)
  const message = encodeValue(value, {
    functions: programFunctions().encoder(),
    codes: (id, text) => void codes.push([id, text]),
    name: 'shared value',
    beside,
  })
  // On its own: small messages lie in a pool, which would be copied to a thread as a whole.
  const bytes = new Uint8Array(message)
  return new SharedValue({ bytes, buffers, inPlace }, codes) as unknown as Shared<T>
}

stays('it hands values to tasks from the program; return the value instead', share)

const values = new WeakMap<SharedValue, unknown>()

/** A shared value as bodies in this program see it: a copy, read-only, made once. */
export const valueOfShared = (shared: SharedValue): unknown => {
  if (!values.has(shared)) {
    const codes = new Map(shared.parts as readonly (readonly [string, string])[])
    const beside = memoryOf(shared.content)
    const options = { functions: programFunctions().decoding(), codes: (id: string) => codes.get(id), beside }
    values.set(shared, deepFreeze(decodeValue(shared.content.bytes, options)))
  }
  return values.get(shared)
}
