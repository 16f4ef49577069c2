import { writeMessage } from '../message.js'
import { op } from '../ops.js'
import type { EncodeOptions } from './encode-value.js'
import { openNode } from './nodes.js'
import { copyShapes } from './shapes.js'
import { type Frame, type Names, textTokens, writeLeaf, type Writer } from './writer.js'

export const createWriter = (
  value: unknown,
  { functions, name = 'value', sharedMemory = false, beside }: EncodeOptions,
): Writer => ({
  tokens: [],
  blobs: [],
  ids: new Map(),
  unmade: new Set(),
  codes: new Map(),
  stack: [{ items: [value], names: undefined, unmade: undefined, index: 0 }],
  shapes: { count: 0, byFirstKey: new Map() },
  functions,
  sharedMemory,
  beside,
  root: name,
})

/** More parts, written where another writer stopped, which stays as it is. */
export interface More {
  readonly items: readonly unknown[]
  readonly names: Names
  readonly functions: Writer['functions']
}

export const continued = (writer: Writer, { items, names, functions }: More): Writer => ({
  ...writer,
  tokens: [op.late, items.length / 2, ...writer.tokens],
  blobs: [...writer.blobs],
  ids: new Map(writer.ids),
  codes: new Map(writer.codes),
  // Paths leave out the first.
  stack: [
    { items: [], names: undefined, unmade: undefined, index: 0 },
    { items, names, unmade: undefined, index: 0 },
  ],
  shapes: copyShapes(writer.shapes),
  functions,
})

/** Writes the parts of an object until one of them is an object itself. */
const writeParts = (writer: Writer, frame: Frame): void => {
  const { items } = frame
  while (frame.index < items.length) {
    const value = items[frame.index]
    frame.index += 1
    if (!writeLeaf(writer, value)) {
      openNode(writer, value as object)
      return
    }
  }
  writer.stack.pop()
  if (frame.unmade !== undefined) writer.unmade.delete(frame.unmade)
}

/** Writes all that is on the stack. */
export const writeAll = (writer: Writer): void => {
  for (let frame = writer.stack.at(-1); frame !== undefined; frame = writer.stack.at(-1)) writeParts(writer, frame)
}

/** The codes of a message stand before all else: whoever reads it knows what it needs before anything is made. */
const codeTokens = ({ codes }: Writer, apart: EncodeOptions['codes']): readonly unknown[] => {
  if (codes.size === 0) return []
  if (apart === undefined) return [op.codes, codes.size, ...codes.values().flatMap(({ text }) => textTokens(text))]
  for (const [id, { text }] of codes) apart(id, text)
  return [op.codeIds, codes.size, ...codes.keys()]
}

/** What was written as a message. */
export const finish = (writer: Writer, apart: EncodeOptions['codes']): Uint8Array => {
  const { tokens, blobs } = writer
  const first = codeTokens(writer, apart)
  return writeMessage({ tokens: first.length === 0 ? tokens : [...first, ...tokens], blobs })
}
