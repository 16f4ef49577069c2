import { createByteCache } from '@parsl/serialize'
import type { Part } from '../messages.js'

type Content = Part[1]

/** Parts that a worker keeps, up to so many bytes; those go first that were not asked for the longest. */
export interface PartStore {
  get(id: string): Content | undefined
  add(parts: readonly Part[]): void
}

const sizeOf = (content: Content): number => (typeof content === 'string' ? content.length : content.byteLength)

export const newPartStore = (maxBytes: number): PartStore => {
  const contents = createByteCache<Content>(maxBytes, sizeOf)
  return {
    get: contents.get,
    add: (parts) => {
      for (const [id, content] of parts) contents.set(id, content)
    },
  }
}
