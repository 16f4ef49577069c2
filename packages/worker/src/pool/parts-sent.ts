import type { Part } from '../messages.js'

/** Beyond this many, what was sent is forgotten: sending a part again costs little, and the worker asks for what it lacks. */
const MOST = 20_000

/** Which parts a worker was sent. */
export interface PartsSent {
  /** Those of the parts that it was not sent, which now count as sent. */
  add(parts: readonly Part[]): readonly Part[]
  /** Forgets one; gives whether it was sent. */
  forget(id: string): boolean
}

const NONE: readonly Part[] = []

export const newPartsSent = (): PartsSent => {
  const sent = new Set<string>()
  return {
    add: (parts) => {
      const fresh = parts.filter(([id]) => !sent.has(id))
      if (fresh.length === 0) return NONE
      if (sent.size > MOST) sent.clear()
      for (const [id] of fresh) sent.add(id)
      return fresh
    },
    forget: (id) => sent.delete(id),
  }
}
