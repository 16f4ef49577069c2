import { describe, expect, it } from 'vitest'
import { graphOf, remainingPaths } from '../../../bench/replay/graph.ts'
import { type ListedTask, listSchedule } from '../../../bench/replay/list-schedule.ts'
import { replay } from '../../../bench/replay/run.ts'
import { readRecording } from '../../../bench/replay/wf-format.ts'
import { recordingText } from './fixture.ts'

const graph = graphOf(readRecording(recordingText, 'some.json'), { scale: 0.000_1, source: 'some.json' })
const paths = remainingPaths(graph)
const urgent: ListedTask[] = graph.map((task, index) => ({ ...task, priority: -(paths[index] ?? 0) }))

/** Positions of tasks in the order in which they began; what took no time before what then began. */
const orderOf = (ran: readonly { readonly startMs: number; readonly endMs: number }[]): number[] =>
  [...ran.keys()].toSorted((a, b) => {
    const [one, other] = [ran[a], ran[b]]
    return (one?.startMs ?? 0) - (other?.startMs ?? 0) || (one?.endMs ?? 0) - (other?.endMs ?? 0)
  })

describe.each(['processes', 'threads', 'inProcess'] as const)('a replay on %s', (executor) => {
  it.each([
    ['submission', graph],
    ['critical-path', urgent],
  ])('begins tasks on one slot in the very order of the list schedule, in %s order', async (_order, tasks) => {
    const { ran } = await replay(tasks, { slots: 1, executor })
    expect(orderOf(ran)).toEqual(orderOf(listSchedule(tasks, 1).placed))
  })

  it('runs each task at least as long as it took, after its parents, on no more workers than slots', async () => {
    const { ran, makespanMs } = await replay(urgent, { slots: 3, executor })
    for (const [index, { startMs, endMs }] of ran.entries()) {
      const { ms, parents } = urgent[index] as ListedTask
      expect(endMs - startMs).toBeGreaterThanOrEqual(ms - 1e-3)
      for (const parent of parents) expect(ran[parent]?.endMs).toBeLessThanOrEqual(startMs + 1e-3)
    }
    expect(new Set(ran.map(({ worker }) => worker)).size).toBeLessThanOrEqual(3)
    expect(makespanMs).toBeGreaterThanOrEqual(Math.max(...paths))
  })
})
