/** Where the time of a replay went that is not the tasks' own. */
import type { GraphTask } from './graph.ts'

/** When a task ran, from the first submission on, and in which worker. */
export interface Ran {
  readonly startMs: number
  readonly endMs: number
  readonly worker: string
}

/** Milliseconds for a task in the middle of all. */
export interface Overheads {
  /** How much longer a body took than it was to wait. */
  readonly late: number
  /** From when a task and its worker were both ready until its body began; of tasks that are not the first of their worker. */
  readonly handOver: number
}

const middleOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const handOversOf = (tasks: readonly GraphTask[], ran: readonly Ran[]): number[] => {
  const freeAt = new Map<string, number>()
  const order = [...ran.keys()].toSorted((a, b) => (ran[a]?.startMs ?? 0) - (ran[b]?.startMs ?? 0))
  return order.flatMap((index) => {
    const { startMs, endMs, worker } = ran[index] as Ran
    const free = freeAt.get(worker)
    freeAt.set(worker, endMs)
    if (free === undefined) return []
    const parents = tasks[index]?.parents.map((parent) => ran[parent]?.endMs ?? 0) ?? []
    return [startMs - Math.max(free, ...parents)]
  })
}

export const overheadsOf = (tasks: readonly GraphTask[], ran: readonly Ran[]): Overheads => ({
  late: middleOf(ran.map(({ startMs, endMs }, index) => endMs - startMs - (tasks[index]?.ms ?? 0))),
  handOver: middleOf(handOversOf(tasks, ran)),
})
