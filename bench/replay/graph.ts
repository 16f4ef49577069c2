/** What follows from a recorded workflow's edges alone: an order to submit in, the longest path below each task, and how fast it could be at best. */
import { ReplayError } from './replay-error.ts'
import type { RecordedTask, Recording } from './wf-format.ts'

/** A task of a graph: those that it waits for stand before it, and are named by their positions. */
export interface GraphTask {
  readonly ms: number
  readonly parents: readonly number[]
}

/** A task whose parents are being put in order, and those of them that are left. */
interface Visit {
  readonly task: RecordedTask
  readonly left: Iterator<string>
}

const circleError = (path: readonly Visit[], again: string, source: string): ReplayError => {
  const ids = path.map(({ task }) => task.id)
  const circle = [...ids.slice(ids.indexOf(again)), again].toReversed()
  return new ReplayError(`${source} cannot be run: its tasks wait for each other in a circle, ${circle.join(' -> ')}`)
}

/** Tasks in the order of the file, but none before its parents. Without recursion: a chain may be longer than the stack is deep. */
const inOrder = ({ tasks }: Recording, source: string): RecordedTask[] => {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const order = new Set<RecordedTask>()
  const open = new Set<RecordedTask>()
  const path: Visit[] = []
  const visit = (task: RecordedTask): void => {
    if (order.has(task)) return
    if (open.has(task)) throw circleError(path, task.id, source)
    open.add(task)
    path.push({ task, left: task.parents.values() })
  }
  for (const root of tasks) {
    visit(root)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { value: parent } = top.left.next() as { value: string | undefined }
      if (parent !== undefined) visit(byId.get(parent) as RecordedTask)
      else {
        order.add(top.task)
        open.delete(top.task)
        path.pop()
      }
    }
  }
  return [...order]
}

/**
 * The tasks of a recording with their run times scaled, in the order in which they are submitted: that of the file, but none before its parents.
 * @throws ReplayError for tasks that wait for each other
 */
export const graphOf = (
  recording: Recording,
  { scale, source }: { readonly scale: number; readonly source: string },
): GraphTask[] => {
  const order = inOrder(recording, source)
  const places = new Map(order.map(({ id }, index) => [id, index]))
  return order.map(({ parents, seconds }) => ({
    ms: seconds * 1_000 * scale,
    parents: parents.map((id) => places.get(id) as number),
  }))
}

/** For each task the time of the longest path from its beginning to the end of the workflow. */
export const remainingPaths = (tasks: readonly GraphTask[]): number[] => {
  const below = tasks.map(() => 0)
  const paths = tasks.map(() => 0)
  for (let index = tasks.length - 1; index >= 0; index--) {
    const { ms, parents } = tasks[index] as GraphTask
    const path = ms + (below[index] ?? 0)
    paths[index] = path
    for (const parent of parents) below[parent] = Math.max(below[parent] ?? 0, path)
  }
  return paths
}

/** No schedule ends sooner: neither its longest path nor all its work on so many slots. */
export const lowerBoundMs = (tasks: readonly GraphTask[], slots: number): number => {
  const work = tasks.reduce((sum, { ms }) => sum + ms, 0)
  return remainingPaths(tasks).reduce((most, path) => Math.max(most, path), work / slots)
}
