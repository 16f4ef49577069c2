/** Tries that may lie with a thread at once. */
const SLOTS = 64
const TAKEN_BACK = 0

/** The memory by which a pool and one of its threads agree on what has begun. */
export const newClaimsMemory = (): SharedArrayBuffer => new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT)

/** Whether a try may begin, asked by the thread: it turns the id in the slot around, unless the pool took the try back before. */
export const claimIn =
  (memory: SharedArrayBuffer) =>
  (slot: number, id: number): boolean =>
    Atomics.compareExchange(new Int32Array(memory), slot, id, -id) === id

/** The pool's side: whichever of both is first, claiming or taking back, has the try. */
export interface Offers {
  /** Gives the slot in which the try is offered. An old try in the same slot has another id, so a slot may be used again at once. */
  offer(id: number): number
  /** Whether the try had not begun; now it will not. */
  takeBack(id: number): boolean
  /** The try has ended. */
  free(id: number): void
}

export const offersIn = (memory: SharedArrayBuffer): Offers => {
  const cells = new Int32Array(memory)
  const free = Array.from({ length: SLOTS }, (_, slot) => slot)
  const slots = new Map<number, number>()
  const release = (id: number): void => {
    const slot = slots.get(id)
    if (slot === undefined) return
    slots.delete(id)
    free.push(slot)
  }
  return {
    offer: (id) => {
      const slot = free.pop()
      if (slot === undefined) throw new RangeError(`a thread was sent more than ${SLOTS} tries at once`)
      slots.set(id, slot)
      Atomics.store(cells, slot, id)
      return slot
    },
    takeBack: (id) => {
      const slot = slots.get(id)
      if (slot === undefined || Atomics.compareExchange(cells, slot, id, TAKEN_BACK) !== id) return false
      release(id)
      return true
    },
    free: release,
  }
}
