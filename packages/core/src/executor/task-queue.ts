import type { TaskTry } from '@parsl/interfaces'

/** First in, first out, without shifting an array. */
interface Fifo {
  items: (TaskTry | undefined)[]
  head: number
}

const COMPACT_FROM = 1_024

const empty = (fifo: Fifo): void => {
  fifo.items = []
  fifo.head = 0
}

const take = (fifo: Fifo): TaskTry | undefined => {
  const item = fifo.items[fifo.head]
  fifo.items[fifo.head++] = undefined
  if (fifo.head === fifo.items.length) {
    empty(fifo)
  } else if (fifo.head > COMPACT_FROM && fifo.head * 2 > fifo.items.length) {
    fifo.items = fifo.items.slice(fifo.head)
    fifo.head = 0
  }
  return item
}

/** A lane for each priority, and one for tries without. */
interface Lanes {
  push(attempt: TaskTry): void
  take(): TaskTry | undefined
  all(): readonly Fifo[]
}

const newLanes = (): Lanes => {
  const plain: Fifo = { items: [], head: 0 }
  const urgent = new Map<number, Fifo>()
  let order: number[] = []

  const laneOf = (priority: number): Fifo => {
    const known = urgent.get(priority)
    if (known) return known
    const fifo: Fifo = { items: [], head: 0 }
    urgent.set(priority, fifo)
    order = [...urgent.keys()].sort((a, b) => a - b)
    return fifo
  }
  const takeUrgent = (): TaskTry | undefined => {
    for (const priority of order) {
      const fifo = urgent.get(priority)
      if (fifo && fifo.items.length > 0) return take(fifo)
    }
    return undefined
  }
  return {
    push: (attempt) => {
      const { priority } = attempt.spec
      ;(priority === undefined ? plain : laneOf(priority)).items.push(attempt)
    },
    take: () => (urgent.size > 0 ? takeUrgent() : undefined) ?? (plain.items.length > 0 ? take(plain) : undefined),
    all: () => [plain, ...urgent.values()],
  }
}

/** Tries that wait: smaller priorities first, those without one last, then in order of arrival. */
export interface TaskQueue {
  readonly size: number
  push(attempt: TaskTry): void
  next(): TaskTry | undefined
  /** Forgets a try, if it waits here. */
  remove(attempt: TaskTry): boolean
}

export const newTaskQueue = (): TaskQueue => {
  const lanes = newLanes()
  let size = 0
  /** Those that were not removed, once any was: what is removed stays in its lane until its turn. Most queues never need it. */
  let left: Set<TaskTry | undefined> | undefined

  const leave = (): void => {
    size--
    if (size > 0 || !left) return
    left = undefined
    lanes.all().forEach(empty)
  }
  return {
    get size() {
      return size
    },
    push: (attempt) => {
      lanes.push(attempt)
      left?.add(attempt)
      size++
    },
    next: () => {
      if (size === 0) return undefined
      for (let attempt = lanes.take(); attempt; attempt = lanes.take()) {
        if (left && !left.delete(attempt)) continue
        leave()
        return attempt
      }
      return undefined
    },
    remove: (attempt) => {
      left ??= new Set(lanes.all().flatMap(({ items, head }) => items.slice(head)))
      if (!left.delete(attempt)) return false
      leave()
      return true
    },
  }
}
