import type { Part } from '../messages.js'

type Content = Part[1]

/** Parts that a worker keeps, up to so many bytes; those go first that were not asked for the longest. */
export interface PartStore {
  get(id: string): Content | undefined
  add(parts: readonly Part[]): void
}

const sizeOf = (content: Content | undefined): number =>
  typeof content === 'string' ? content.length : (content?.byteLength ?? 0)

export const newPartStore = (maxBytes: number): PartStore => {
  const contents = new Map<string, Content>()
  let bytes = 0
  const drop = (id: string): void => {
    bytes -= sizeOf(contents.get(id))
    contents.delete(id)
  }
  const addOne = ([id, content]: Part): void => {
    drop(id)
    contents.set(id, content)
    bytes += sizeOf(content)
    for (const old of contents.keys()) {
      if (bytes <= maxBytes || old === id) break
      drop(old)
    }
  }
  return {
    get: (id) => {
      const content = contents.get(id)
      if (content === undefined) return undefined
      // Last asked for, last to go.
      contents.delete(id)
      contents.set(id, content)
      return content
    },
    add: (parts) => parts.forEach(addOne),
  }
}
