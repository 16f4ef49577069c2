import type { Laden } from './laden.js'

/** A shared value as it is sent: its buffers lie in memory that all threads of the program see. */
export interface SharedContent extends Laden {
  /** Whether bodies are to see that memory itself, and not a copy of their worker's own. */
  readonly inPlace: boolean
}

/** A copy of bytes in memory that all threads of a program see. */
export const sharedCopy = (bytes: Uint8Array): Uint8Array<SharedArrayBuffer> => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
  copy.set(bytes)
  return copy
}

const inPlaceOf = (bytes: Uint8Array): ArrayBufferLike =>
  bytes.buffer instanceof SharedArrayBuffer ? bytes.buffer : sharedCopy(bytes).buffer

/** The memory under the buffers of a shared value, as bodies here see them. What came through a pipe is copied out of its message. */
export const memoryOf = ({ buffers, inPlace }: SharedContent): readonly ArrayBufferLike[] =>
  buffers.map((bytes) => (inPlace ? inPlaceOf(bytes) : new Uint8Array(bytes).buffer))
