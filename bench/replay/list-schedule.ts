/** When each task would run if nothing but the tasks themselves took time. */
import type { GraphTask } from './graph.ts'

/** A task as a schedule sees it. */
export interface ListedTask extends GraphTask {
  /** Smaller runs first; absent runs last. */
  readonly priority?: number | undefined
}

/** When and where a task runs. */
interface Placed {
  readonly startMs: number
  readonly endMs: number
  readonly slot: number
}

export interface ListSchedule {
  readonly makespanMs: number
  readonly placed: readonly Placed[]
}

/** Items by their ranks; among equals those that came first. */
const newQueue = <T>(rankOf: (item: T) => number) => {
  const items: T[] = []
  return {
    first: (): T | undefined => items[0],
    push: (item: T): void => {
      let low = 0
      for (let high = items.length; low < high;) {
        const middle = (low + high) >> 1
        if (rankOf(items[middle] as T) <= rankOf(item)) low = middle + 1
        else high = middle
      }
      items.splice(low, 0, item)
    },
    shift: (): T | undefined => items.shift(),
  }
}

const childrenOf = (tasks: readonly ListedTask[]): number[][] => {
  const children: number[][] = tasks.map(() => [])
  for (const [index, { parents }] of tasks.entries()) for (const parent of parents) children[parent]?.push(index)
  return children
}

/**
 * The list schedule of the policy of our executors: whenever a slot is free, the most urgent task that is ready runs there; among equals the one that
 * was ready first; among those that were ready at once the one whose parent began first, then the one that was submitted first. Nothing but the tasks
 * takes time. All that ends at one instant has ended before anything begins.
 */
export const listSchedule = (tasks: readonly ListedTask[], slots: number): ListSchedule => {
  const placed = tasks.map((): Placed => ({ startMs: 0, endMs: 0, slot: 0 }))
  const missing = tasks.map(({ parents }) => parents.length)
  const children = childrenOf(tasks)
  const ready = newQueue<number>((index) => tasks[index]?.priority ?? Infinity)
  const running = newQueue<number>((index) => placed[index]?.endMs ?? 0)
  const free = newQueue<number>((slot) => slot)
  for (let slot = 0; slot < slots; slot++) free.push(slot)
  for (const [index, count] of missing.entries()) if (count === 0) ready.push(index)

  const begin = (now: number): void => {
    for (let next = ready.first(), slot = free.first(); next !== undefined && slot !== undefined;) {
      placed[next] = { startMs: now, endMs: now + (tasks[next]?.ms ?? 0), slot }
      running.push(next)
      ready.shift()
      free.shift()
      next = ready.first()
      slot = free.first()
    }
  }
  const end = (index: number): void => {
    free.push(placed[index]?.slot ?? 0)
    for (const child of children[index] ?? []) if (--(missing[child] as number) === 0) ready.push(child)
  }

  let now = 0
  for (begin(now); running.first() !== undefined; begin(now)) {
    now = placed[running.first() as number]?.endMs ?? now
    for (let next = running.first(); next !== undefined && placed[next]?.endMs === now; next = running.first()) {
      running.shift()
      end(next)
    }
  }
  return { makespanMs: now, placed }
}
