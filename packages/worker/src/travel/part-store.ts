import { createByteCache } from '@parsl/serialize'

type Content = string | Uint8Array

/** Parts that a worker keeps, up to so many bytes; those go first that were not asked for the longest. */
export interface PartStore {
  get(id: string): Content | undefined
  set(id: string, content: Content): void
}

const sizeOf = (content: Content): number => (typeof content === 'string' ? content.length : content.byteLength)

export const newPartStore = (maxBytes: number): PartStore => {
  const contents = createByteCache<Content>(maxBytes, sizeOf)
  return {
    get: contents.get,
    set: contents.set,
  }
}
