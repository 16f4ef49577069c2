import { SerializationError } from '@parsl/interfaces'
import type { FunctionEncoder } from '../functions.js'
import { writeMessage } from '../message.js'
import { op } from '../ops.js'
import { openNode } from './nodes.js'
import { type Frame, pathOf, textTokens, writeLeaf, type Writer } from './writer.js'

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
   * Keeps the texts of codes out of the message, which names them by id: called once for each code in it. Whoever
   * decodes the message needs them.
   */
  readonly codes?: (id: string, text: string) => void
  /** Refuses a value that takes more bytes. */
  readonly maxBytes?: number
}

const createWriter = (value: unknown, { functions, name = 'value', sharedMemory = false }: EncodeOptions): Writer => ({
  tokens: [],
  blobs: [],
  ids: new Map(),
  unmade: new Set(),
  codes: new Map(),
  stack: [{ items: [value], names: undefined, unmade: undefined, index: 0 }],
  shapes: { count: 0, byFirstKey: new Map() },
  functions,
  sharedMemory,
  root: name,
})

/** Writes the parts of an object until one of them is an object itself. */
const writeParts = (writer: Writer, frame: Frame): void => {
  const { items } = frame
  while (frame.index < items.length) {
    const value = items[frame.index]
    frame.index += 1
    if (!writeLeaf(writer, value)) {
      openNode(writer, value as object, () => pathOf(writer))
      return
    }
  }
  writer.stack.pop()
  if (frame.unmade !== undefined) writer.unmade.delete(frame.unmade)
}

/** The codes of a message stand before all else: whoever reads it knows what it needs before anything is made. */
const codeTokens = ({ codes }: Writer, apart: EncodeOptions['codes']): readonly unknown[] => {
  if (codes.size === 0) return []
  if (apart === undefined) return [op.codes, codes.size, ...codes.values().flatMap(({ text }) => textTokens(text))]
  for (const [id, { text }] of codes) apart(id, text)
  return [op.codeIds, codes.size, ...codes.keys()]
}

/**
 * A value as bytes. It keeps its meaning: cycles and shared references, prototypes of the language, property
 * attributes, holes, `-0`. What cannot keep it is refused.
 *
 * @throws `SerializationError` (`PARSL_SERIALIZE`) with the path of what cannot travel, and what to do instead.
 */
export const encodeValue = (value: unknown, options: EncodeOptions = {}): Uint8Array => {
  const writer = createWriter(value, options)
  for (let frame = writer.stack.at(-1); frame !== undefined; frame = writer.stack.at(-1)) writeParts(writer, frame)
  const { codes, maxBytes = Infinity, name = 'value' } = options
  const { tokens, blobs } = writer
  const first = codeTokens(writer, codes)
  const bytes = writeMessage({ tokens: first.length === 0 ? tokens : [...first, ...tokens], blobs })
  if (bytes.byteLength > maxBytes) {
    throw new SerializationError(name, `it takes ${bytes.byteLength} bytes, and ${maxBytes} are allowed; pass a file`)
  }
  return bytes
}
