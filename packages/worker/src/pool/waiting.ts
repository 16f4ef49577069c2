/** First in, first out, without shifting an array. */
interface Fifo<T> {
  items: (T | undefined)[]
  head: number
}

const COMPACT_FROM = 1_024

const take = <T>(fifo: Fifo<T>): T | undefined => {
  const item = fifo.items[fifo.head]
  fifo.items[fifo.head++] = undefined
  if (fifo.head === fifo.items.length) {
    fifo.items = []
    fifo.head = 0
  } else if (fifo.head > COMPACT_FROM && fifo.head * 2 > fifo.items.length) {
    fifo.items = fifo.items.slice(fifo.head)
    fifo.head = 0
  }
  return item
}

/** Puts an item before all others; rare, so it may cost what there is. */
const putBack = <T>(fifo: Fifo<T>, item: T): void => {
  if (fifo.head > 0) fifo.items[--fifo.head] = item
  else fifo.items.unshift(item)
}

/** What waits for a place: smaller priorities first, what has none last, then in order of arrival. */
export interface WaitingLine<T> {
  readonly size: number
  push(item: T): void
  /** The next one, which stays. */
  peek(): T | undefined
  next(): T | undefined
  /** Puts back, before its equals, what was taken. */
  giveBack(item: T): void
  /** Forgets an item, if it waits here. */
  remove(item: T): boolean
}

/** The lanes of a line, by priority. */
const newLanes = <T>() => {
  const plain: Fifo<T> = { items: [], head: 0 }
  const urgent = new Map<number, Fifo<T>>()
  let order: number[] = []
  return {
    of: (priority: number | undefined): Fifo<T> => {
      if (priority === undefined) return plain
      const known = urgent.get(priority)
      if (known) return known
      const fifo: Fifo<T> = { items: [], head: 0 }
      urgent.set(priority, fifo)
      order = [...urgent.keys()].toSorted((a, b) => a - b)
      return fifo
    },
    first: (): Fifo<T> | undefined => {
      for (const priority of order) {
        const fifo = urgent.get(priority)
        if (fifo && fifo.items.length > 0) return fifo
      }
      return plain.items.length > 0 ? plain : undefined
    },
  }
}

export const newWaitingLine = <T extends object>(priorityOf: (item: T) => number | undefined): WaitingLine<T> => {
  const lanes = newLanes<T>()
  // What was removed stays in its lane until its turn.
  const waiting = new Set<T>()

  /** The lane whose first item is the next one. */
  const nextLane = (): Fifo<T> | undefined => {
    if (waiting.size === 0) return undefined
    for (let lane = lanes.first(); lane; lane = lanes.first()) {
      if (waiting.has(lane.items[lane.head] as T)) return lane
      take(lane)
    }
    return undefined
  }

  return {
    get size() {
      return waiting.size
    },
    push: (item) => {
      lanes.of(priorityOf(item)).items.push(item)
      waiting.add(item)
    },
    peek: () => {
      const lane = nextLane()
      return lane?.items[lane.head]
    },
    next: () => {
      const lane = nextLane()
      const item = lane && take(lane)
      if (item) waiting.delete(item)
      return item
    },
    giveBack: (item) => {
      putBack(lanes.of(priorityOf(item)), item)
      waiting.add(item)
    },
    remove: (item) => waiting.delete(item),
  }
}
