import { DeserializationError } from '@parsl/interfaces'

const truncated = (): DeserializationError => new DeserializationError('the message is cut off')

/** Bytes of the leaves that begin with 0xc0 and on: null, booleans, a double, whole numbers; 0 for everything else. */
const sizes = [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 2, 3, 5, 0, 2, 3, 5]

/** How long the leaf at `at` is, its first byte included. */
const leafSize = (view: DataView, at: number): number => {
  const first = view.getUint8(at)
  if (first < 0x80 || first >= 0xe0) return 1
  if (first >= 0xa0 && first < 0xc0) return 1 + (first & 31)
  const size = sizes[first - 0xc0] ?? 0
  return size > 0 ? size : textSize(view, { at, first })
}

const textSize = (view: DataView, { at, first }: { at: number; first: number }): number => {
  if (first === 0xd9) return 2 + view.getUint8(at + 1)
  if (first === 0xda) return 3 + view.getUint16(at + 1)
  if (first === 0xdb) return 5 + view.getUint32(at + 1)
  throw new DeserializationError(`byte ${at} holds 0x${first.toString(16)}, which no message has`)
}

const listStart = (view: DataView, at: number): { count: number; start: number } => {
  const first = view.getUint8(at)
  if (first >= 0x90 && first < 0xa0) return { count: first & 15, start: at + 1 }
  if (first === 0xdc) return { count: view.getUint16(at + 1), start: at + 3 }
  if (first === 0xdd) return { count: view.getUint32(at + 1), start: at + 5 }
  throw new DeserializationError('it does not start with a list')
}

/**
 * Where the list of leaves that starts at `at` ends. It makes sure that there is nothing else in the list: a reader
 * of MessagePack trusts lengths, and nests lists until the stack or the memory is used up.
 */
export const endOfLeaves = (bytes: Uint8Array, at: number): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const { count, start } = listStart(view, at)
    if (count > bytes.byteLength) throw truncated()
    let end = start
    for (let index = 0; index < count; index += 1) end += leafSize(view, end)
    if (end > bytes.byteLength) throw truncated()
    return end
  } catch (error) {
    // A read past the end.
    if (error instanceof RangeError) throw truncated()
    throw error
  }
}
