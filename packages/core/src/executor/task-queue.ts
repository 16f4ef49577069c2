import type { TaskTry } from '@parsl/interfaces'

/** First in, first out, without shifting an array. */
interface Fifo {
  items: (TaskTry | undefined)[]
  head: number
}

const COMPACT_FROM = 1_024

const take = (fifo: Fifo): TaskTry | undefined => {
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

/** Tries that wait: smaller priorities first, those without one last, then in order of arrival. */
export interface TaskQueue {
  readonly size: number
  push(attempt: TaskTry): void
  next(): TaskTry | undefined
  /** Forgets a try, if it waits here. */
  remove(attempt: TaskTry): boolean
}

export const newTaskQueue = (): TaskQueue => {
  const plain: Fifo = { items: [], head: 0 }
  const urgent = new Map<number, Fifo>()
  let order: number[] = []
  /** What was removed stays in its lane until its turn. */
  const waiting = new Set<TaskTry>()

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
  const takeAny = (): TaskTry | undefined =>
    (urgent.size > 0 ? takeUrgent() : undefined) ?? (plain.items.length > 0 ? take(plain) : undefined)

  return {
    get size() {
      return waiting.size
    },
    push: (attempt) => {
      const { priority } = attempt.spec
      ;(priority === undefined ? plain : laneOf(priority)).items.push(attempt)
      waiting.add(attempt)
    },
    next: () => {
      if (waiting.size === 0) return undefined
      for (let attempt = takeAny(); attempt; attempt = takeAny()) {
        if (waiting.delete(attempt)) return attempt
      }
      return undefined
    },
    remove: (attempt) => waiting.delete(attempt),
  }
}
