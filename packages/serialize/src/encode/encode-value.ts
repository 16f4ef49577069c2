import { SerializationError } from '@parsl/interfaces'
import type { FunctionEncoder } from '../functions.js'
import { createWriter, finish, writeAll } from './walk.js'

/** How a value is encoded. */
export interface EncodeOptions {
  /** Tells how functions, classes and instances of classes travel; without it they are refused. */
  readonly functions?: FunctionEncoder
  /**
   * What the value is called in the path of a refusal, for example `argument 2`.
   * @defaultValue 'value'
   */
  readonly name?: string
  /**
   * Lets a SharedArrayBuffer travel as a copy of its bytes.
   * @defaultValue false
   */
  readonly sharedMemory?: boolean
  /**
   * Keeps the contents of buffers out of the message: called with the bytes of each, in the order of the message, it
   * gives the place among those that travel beside it, or undefined for one that stays in the message. Whoever decodes
   * the message needs them, each as a buffer of its own.
   */
  readonly beside?: (bytes: Uint8Array) => number | undefined
  /**
   * Keeps the texts of codes out of the message, which names them by id: called once for each code in it. Whoever
   * decodes the message needs them.
   */
  readonly codes?: (id: string, text: string) => void
  /** Refuses a value that takes more bytes. */
  readonly maxBytes?: number
}

/**
 * A value as bytes. It keeps its meaning: cycles and shared references, prototypes of the language, property
 * attributes, holes, `-0`. What cannot keep it is refused.
 *
 * @throws `SerializationError` (`PARSL_SERIALIZE`) with the path of what cannot travel, and what to do instead.
 */
export const encodeValue = (value: unknown, options: EncodeOptions = {}): Uint8Array => {
  const writer = createWriter(value, options)
  writeAll(writer)
  const { codes, maxBytes = Infinity, name = 'value' } = options
  const bytes = finish(writer, codes)
  if (bytes.byteLength > maxBytes) {
    throw new SerializationError(name, `it takes ${bytes.byteLength} bytes, and ${maxBytes} are allowed; pass a file`)
  }
  return bytes
}
