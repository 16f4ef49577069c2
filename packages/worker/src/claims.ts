import { newEagerness } from './eagerness.js'

/** Tries that may lie with a thread at once. */
const SLOTS = 64
const TAKEN_BACK = 0

/** Behind the slots: counts what was sent. */
const BELL = SLOTS

/** The memory by which a pool and one of its threads agree on what has begun, and by which the pool wakes the thread. */
export const newClaimsMemory = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer((SLOTS + 1) * Int32Array.BYTES_PER_ELEMENT))

type Cells = Int32Array<SharedArrayBuffer>

/** Whether a try may begin, asked by the thread: it turns the id in the slot around, unless the pool took the try back before. */
export const claimIn =
  (cells: Cells) =>
  (slot: number, id: number): boolean =>
    Atomics.compareExchange(cells, slot, id, -id) === id

/** Wakes a thread that waits by the bell, after something was sent. */
export const ring = (cells: Cells): void => {
  Atomics.add(cells, BELL, 1)
  Atomics.notify(cells, BELL)
}

/** Gives how to wait by the bell for so long, unless `look` finds something. */
export const waitingBy = (cells: Cells): ((ms: number, look: () => boolean) => void) => {
  const eagerness = newEagerness()
  return (ms, look) => {
    const rung = Atomics.load(cells, BELL)
    if (look()) return
    const until = eagerness.begin()
    if (until !== undefined) {
      while (Atomics.load(cells, BELL) === rung && performance.now() < until);
      eagerness.ended(Atomics.load(cells, BELL) !== rung)
    }
    Atomics.wait(cells, BELL, rung, ms)
  }
}

/** The pool's side: whichever of both is first, claiming or taking back, has the try. */
export interface Offers {
  /** Gives the slot in which the try is offered. An old try in the same slot has another id, so a slot may be used again at once. */
  offer(id: number): number
  /** Whether the try had not begun; now it will not. */
  takeBack(id: number): boolean
  /** The try has ended. */
  free(id: number): void
}

export const offersIn = (cells: Cells): Offers => {
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
