import type { TaskTry } from '@parsl/interfaces'
import type { Parcel } from '@parsl/worker'

/** A try that was handed to the interchange and has not ended. */
export interface Sent {
  /** What it is called on the wire. */
  readonly id: number
  readonly attempt: TaskTry
  /** All that it needs of what is sent once: the interchange may ask for it again. */
  readonly parts: Parcel['parts']
  /** MiB that its worker's heap has; absent: as workers have it anyway. */
  readonly heapMb: number | undefined
  /** Lets go of the shared values that it takes. */
  readonly letGo: readonly (() => void)[]
  /** Where it began, once it has. */
  block: string | undefined
  /** Why it is to stop, once it is. */
  stop: { readonly reason: unknown } | undefined
}

/** The tries that have not ended, by their number and by the object that the kernel holds. */
export interface Tries {
  readonly size: number
  /** Reports about tries that have ended, or never were. */
  readonly strays: number
  /** A number that was never given before. */
  nextId(): number
  add(sent: Sent): void
  of(attempt: TaskTry): Sent | undefined
  /** A try by its number; one that is not there any more is counted. */
  named(id: number): Sent | undefined
  /** The same, and it has ended: whoever takes it reports it. */
  take(id: number): Sent | undefined
  all(): readonly Sent[]
  /** Parts by these ids, of tries that need them. */
  parts(ids: readonly string[]): Parcel['parts']
}

/** @param ended is told of each try that is taken */
export const newTries = (ended: (sent: Sent) => void): Tries => {
  const byId = new Map<number, Sent>()
  const byAttempt = new Map<TaskTry, Sent>()
  let last = 0
  let strays = 0
  const named = (id: number): Sent | undefined => {
    const sent = byId.get(id)
    if (!sent) strays++
    return sent
  }
  return {
    get size() {
      return byId.size
    },
    get strays() {
      return strays
    },
    nextId: () => ++last,
    add: (sent) => {
      byId.set(sent.id, sent)
      byAttempt.set(sent.attempt, sent)
    },
    of: (attempt) => byAttempt.get(attempt),
    named,
    take: (id) => {
      const sent = named(id)
      if (!sent) return undefined
      byId.delete(id)
      byAttempt.delete(sent.attempt)
      for (const release of sent.letGo) release()
      ended(sent)
      return sent
    },
    all: () => [...byId.values()],
    parts: (ids) => {
      const wanted = new Set(ids)
      const found: Parcel['parts'][number][] = []
      for (const { parts } of byId.values()) {
        if (wanted.size === 0) break
        for (const part of parts) if (wanted.delete(part[0])) found.push(part)
      }
      return found
    },
  }
}
