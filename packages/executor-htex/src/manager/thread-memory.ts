import type { Part } from './parts.js'

const shared = (bytes: Uint8Array): Uint8Array<SharedArrayBuffer> => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
  copy.set(bytes)
  return copy
}

/** A part as threads of one process take it: the large buffers of a shared value lie in memory that all of them see. */
export const inThreadMemory = ([id, content]: Part): Part => {
  if (typeof content === 'string' || content instanceof Uint8Array) return [id, content]
  return [id, { ...content, buffers: content.buffers.map(shared) }]
}
