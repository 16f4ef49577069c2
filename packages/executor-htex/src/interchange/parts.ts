import type { WirePart } from '../wire/messages.js'

/** Parts looked at in vain, when room is made, before the store grows beyond its limit instead. */
const LOOKS = 32

/** Parts that are kept to be sent on, up to so many bytes; those go first that were not asked for the longest, and none that waiting tries need. */
export interface PartStore {
  readonly bytes: number
  get(id: string): WirePart | undefined
  add(part: WirePart): void
  /** Drops one that no task will need any more. */
  forget(id: string): void
  /** A try that waits needs it. */
  pin(id: string): void
  unpin(id: string): void
}

/** A part in memory of its own: as a view it would keep all that it came with. */
const apart = (part: WirePart): WirePart =>
  part.content.byteLength * 2 >= part.content.buffer.byteLength ? part : { ...part, content: part.content.slice() }

export const newPartStore = (maxBytes: number): PartStore => {
  /** Those asked for last are last. */
  const parts = new Map<string, WirePart>()
  const pins = new Map<string, number>()
  let bytes = 0

  const forget = (id: string): void => {
    bytes -= parts.get(id)?.content.byteLength ?? 0
    parts.delete(id)
  }

  const touch = (part: WirePart): void => {
    parts.delete(part.id)
    parts.set(part.id, part)
  }

  const makeRoom = (newest: string): void => {
    let looks = 0
    for (const [id, part] of parts) {
      if (bytes <= maxBytes || looks++ >= LOOKS || id === newest) return
      if (pins.has(id)) touch(part)
      else forget(id)
    }
  }

  return {
    get bytes() {
      return bytes
    },
    get: (id) => {
      const part = parts.get(id)
      if (part) touch(part)
      return part
    },
    add: (part) => {
      forget(part.id)
      parts.set(part.id, apart(part))
      bytes += part.content.byteLength
      makeRoom(part.id)
    },
    forget,
    pin: (id) => void pins.set(id, (pins.get(id) ?? 0) + 1),
    unpin: (id) => {
      const left = (pins.get(id) ?? 0) - 1
      if (left > 0) pins.set(id, left)
      else pins.delete(id)
    },
  }
}
