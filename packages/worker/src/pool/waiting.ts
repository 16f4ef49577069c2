import TinyQueue from 'tinyqueue'

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

/** The lanes of a line, by priority. A lane is there as long as something lies in it: a long run may see millions of priorities. */
const newLanes = <T>() => {
  const plain: Fifo<T> = { items: [], head: 0 }
  const urgent = new Map<number, Fifo<T>>()
  /** One for each lane. */
  const order = new TinyQueue<number>()
  return {
    of: (priority: number | undefined): Fifo<T> => {
      if (priority === undefined) return plain
      const known = urgent.get(priority)
      if (known) return known
      const fifo: Fifo<T> = { items: [], head: 0 }
      urgent.set(priority, fifo)
      order.push(priority)
      return fifo
    },
    first: (): Fifo<T> | undefined => {
      for (let priority = order.peek(); priority !== undefined; priority = order.peek()) {
        const fifo = urgent.get(priority)
        if (fifo && fifo.items.length > 0) return fifo
        urgent.delete(priority)
        order.pop()
      }
      return plain.items.length > 0 ? plain : undefined
    },
    all: (): (T | undefined)[] => [plain, ...urgent.values()].flatMap(({ items, head }) => items.slice(head)),
    empty: (): void => {
      plain.items = []
      plain.head = 0
      urgent.clear()
      order.data.length = 0
      order.length = 0
    },
  }
}

/** Which items of the lanes count: what is removed stays in its lane until its turn. */
const newMembers = <T>(lanes: ReturnType<typeof newLanes<T>>) => {
  let size = 0
  /** Those that were not removed, once any was. Most lines never need it. */
  let left: Set<T | undefined> | undefined

  const gone = (item: T | undefined): void => {
    left?.delete(item)
    if (--size > 0 || !left) return
    lanes.empty()
    left = undefined
  }
  return {
    count: () => size,
    has: (item: T | undefined) => !left || left.has(item),
    added: (item: T): void => {
      left?.add(item)
      size++
    },
    gone,
    remove: (item: T): boolean => {
      left ??= new Set(lanes.all())
      if (!left.has(item)) return false
      gone(item)
      return true
    },
  }
}

export const newWaitingLine = <T extends object>(priorityOf: (item: T) => number | undefined): WaitingLine<T> => {
  const lanes = newLanes<T>()
  const members = newMembers(lanes)
  /** The lane whose first item is the next one. */
  const nextLane = (): Fifo<T> | undefined => {
    if (members.count() === 0) return undefined
    for (let lane = lanes.first(); lane; lane = lanes.first()) {
      if (members.has(lane.items[lane.head])) return lane
      take(lane)
    }
    return undefined
  }

  return {
    get size() {
      return members.count()
    },
    push: (item) => {
      lanes.of(priorityOf(item)).items.push(item)
      members.added(item)
    },
    peek: () => {
      const lane = nextLane()
      return lane?.items[lane.head]
    },
    next: () => {
      const lane = nextLane()
      if (!lane) return undefined
      const item = take(lane)
      members.gone(item)
      return item
    },
    giveBack: (item) => {
      putBack(lanes.of(priorityOf(item)), item)
      members.added(item)
    },
    remove: members.remove,
  }
}
