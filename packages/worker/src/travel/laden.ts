/** A message, and the contents of its large buffers, which travel beside it. */
export interface Laden {
  readonly bytes: Uint8Array
  /** By their places: each is the whole of its memory, unless it came through a pipe. */
  readonly buffers: readonly Uint8Array[]
}

/** From so many bytes on, carrying a buffer by itself costs less than copying it with the message. */
export const LARGE_BYTES = 131_072

export const isLaden = (content: string | Uint8Array | Laden): content is Laden =>
  typeof content === 'object' && 'buffers' in content

const isSharedMemory = ({ buffer }: Uint8Array): boolean => buffer instanceof SharedArrayBuffer

/** What of it is moved rather than seen by both sides. */
export const movedOf = (buffers: readonly Uint8Array[]): ArrayBuffer[] =>
  buffers.filter((bytes) => !isSharedMemory(bytes)).map(({ buffer }) => buffer as ArrayBuffer)

/** Whether what a parcel carries was moved to a worker, so that it cannot go to another. */
export const isSpent = ({ laden }: { readonly laden: readonly [string, Laden] | undefined }): boolean =>
  laden?.[1].buffers.some(({ buffer }) => buffer instanceof ArrayBuffer && buffer.detached) ?? false

/** What a worker holds for its next try: one at a time, since it begins one at a time. */
export interface LadenSlot {
  put(id: string, laden: Laden): void
  get(id: string): Laden | undefined
  clear(): void
}

export const newLadenSlot = (): LadenSlot => {
  let held: readonly [string, Laden] | undefined
  return {
    put: (id, laden) => void (held = [id, laden]),
    get: (id) => (held?.[0] === id ? held[1] : undefined),
    clear: () => void (held = undefined),
  }
}
