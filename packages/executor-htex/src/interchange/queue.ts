import { newWaitingLine } from '@parsl/worker'

/** What waits. `older` and `newer` are the queue's own. */
export interface Waiting {
  readonly priority: number | undefined
  /** In order of arrival, never the same. */
  readonly arrival: number
  /** When it came, in milliseconds. */
  readonly since: number
  older: Waiting | undefined
  newer: Waiting | undefined
}

/** What waits for room of one shape: smaller priorities first, what has none last, then in order of arrival. */
export interface Queue<T extends Waiting> {
  readonly size: number
  push(item: T): void
  /** The next one by priority, which stays. */
  peek(): T | undefined
  /** The one that waits longest, which stays. */
  oldest(): T | undefined
  /** Takes it out; gives whether it was there. */
  remove(item: T): boolean
  /** Takes the next one by priority out. */
  next(): T | undefined
}

export const newQueue = <T extends Waiting>(): Queue<T> => {
  const line = newWaitingLine<T>(({ priority }) => priority)
  let oldest: Waiting | undefined
  let newest: Waiting | undefined

  const link = (item: T): void => {
    item.older = newest
    if (newest) newest.newer = item
    else oldest = item
    newest = item
  }

  const unlink = (item: T): void => {
    const { older, newer } = item
    if (older) older.newer = newer
    else oldest = newer
    if (newer) newer.older = older
    else newest = older
    item.older = undefined
    item.newer = undefined
  }

  return {
    get size() {
      return line.size
    },
    push: (item) => {
      line.push(item)
      link(item)
    },
    peek: () => line.peek(),
    oldest: () => oldest as T | undefined,
    remove: (item) => {
      const isThere = line.peek() === item ? line.next() === item : line.remove(item)
      if (isThere) unlink(item)
      return isThere
    },
    next: () => {
      const item = line.next()
      if (item) unlink(item)
      return item
    },
  }
}

/** Whether the first is more urgent: by priority, then by arrival. */
export const isMoreUrgent = (one: Waiting, other: Waiting): boolean => {
  const [a, b] = [one.priority ?? Infinity, other.priority ?? Infinity]
  return a === b ? one.arrival < other.arrival : a < b
}
