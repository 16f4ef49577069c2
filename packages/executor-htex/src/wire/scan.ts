/** How deep lists may lie in each other. */
const DEEPEST = 8

/**
 * Bytes of a value by its first one, from 0xc0 to 0xdf: those of a value of fixed size, or, below zero, those of the length that
 * stands behind it. Zero for what we do not use: extensions, maps; lists are looked at before.
 */
const SIZES = [1, 0, 1, 1, -1, -2, -4, 0, 0, 0, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 0, 0, 0, 0, 0, -1, -2, -4, 0, 0, 0, 0]

const lengthAt = (bytes: Uint8Array, at: number, width: number): number => {
  let length = 0
  for (let i = 0; i < width; i++) length = length * 256 + (bytes[at + i] ?? 0)
  return length
}

/** Bytes of a value that is no list; 0 for what we do not use. */
const sizeAt = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] as number
  if (first >= 0xa0 && first <= 0xbf) return 1 + (first & 0x1f)
  if (first >= 0x80 && first <= 0x9f) return 0
  const size = SIZES[first - 0xc0] ?? 1
  return size < 0 ? 1 - size + lengthAt(bytes, at + 1, -size) : size
}

/** Items of a list and the bytes of its head; no items for what is no list. */
const listAt = (bytes: Uint8Array, at: number): { readonly items: number; readonly head: number } | undefined => {
  const first = bytes[at] as number
  if (first >= 0x90 && first <= 0x9f) return { items: first & 0x0f, head: 1 }
  if (first === 0xdc) return { items: lengthAt(bytes, at + 1, 2), head: 3 }
  return first === 0xdd ? { items: lengthAt(bytes, at + 1, 4), head: 5 } : undefined
}

/**
 * Whether bytes are one whole value of lists, text, numbers, bytes, booleans and nulls, and nothing behind it. Looked at
 * before they are unpacked: a list is made as long as it claims to be, and a few bytes may claim gigabytes.
 */
export const isSound = (bytes: Uint8Array): boolean => {
  /** Values still to come at each level. */
  const open = [1]
  let at = 0
  while (open.length > 0) {
    const left = open.at(-1) as number
    if (left === 0) {
      open.pop()
      continue
    }
    if (at >= bytes.byteLength) return false
    open[open.length - 1] = left - 1
    const inner = listAt(bytes, at)
    const size = inner ? inner.head : sizeAt(bytes, at)
    at += size
    if (size === 0 || at > bytes.byteLength) return false
    if (!inner) continue
    if (open.length > DEEPEST || inner.items > bytes.byteLength - at) return false
    open.push(inner.items)
  }
  return at === bytes.byteLength
}
