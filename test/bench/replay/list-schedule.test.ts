import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowerBoundMs } from '../../../bench/replay/graph.ts'
import { type ListedTask, listSchedule } from '../../../bench/replay/list-schedule.ts'

/** Whole milliseconds, so that sums are exact. */
const anyDag = (shortestMs: number): fc.Arbitrary<ListedTask[]> =>
  fc
    .array(
      fc.record({
        ms: fc.integer({ min: shortestMs, max: 60 }),
        above: fc.array(fc.nat(), { maxLength: 3 }),
        priority: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((plans) =>
      plans.map(({ ms, above, priority }, index) => ({
        ms,
        priority,
        parents: index === 0 ? [] : [...new Set(above.map((number) => number % index))],
      })),
    )
const anySlots = fc.integer({ min: 1, max: 6 })

const plain = (ms: number, ...parents: number[]): ListedTask => ({ ms, parents })
const urgent = (priority: number, ms: number, ...parents: number[]): ListedTask => ({ ms, parents, priority })
const startsOf = (tasks: readonly ListedTask[], slots: number): number[] =>
  listSchedule(tasks, slots).placed.map(({ startMs }) => startMs)

/** Nine tasks of Graham's paper of 1969 on how more slots, less work or fewer dependencies can make a list schedule longer. */
const graham = ({ shorterBy = 0, freed = [] as readonly number[] } = {}): ListedTask[] =>
  [3, 2, 2, 2, 4, 4, 4, 4, 9].map((ms, index) => {
    const above = index === 8 ? [0] : index >= 4 ? [3] : []
    return { ms: ms - shorterBy, parents: freed.includes(index) ? [] : above, priority: index }
  })

describe('a list schedule', () => {
  it('of no task takes no time', () => {
    expect(listSchedule([], 2)).toEqual({ makespanMs: 0, placed: [] })
  })

  it('takes as long as published for cases worked by hand', () => {
    expect(listSchedule(graham(), 3).makespanMs).toBe(12)
    expect(listSchedule(graham(), 4).makespanMs).toBe(15)
    expect(listSchedule(graham({ shorterBy: 1 }), 3).makespanMs).toBe(13)
    expect(listSchedule(graham({ freed: [4, 5] }), 3).makespanMs).toBe(16)
  })

  it('runs equals in the order in which they became ready', () => {
    // The child of the first task is ready at 10, after the fourth, which was ready from the beginning.
    expect(startsOf([plain(10), plain(20), plain(5, 0), plain(30)], 2)).toEqual([0, 0, 20, 10])
  })

  it('runs what became ready at one instant in the order of the parents that ended, then of submission', () => {
    expect(startsOf([plain(10), plain(10), plain(4, 1), plain(7, 0), plain(1, 0)], 1)).toEqual([0, 10, 28, 20, 27])
    expect(startsOf([plain(10), plain(10), plain(4, 1), plain(7, 0), plain(1, 0)], 2)).toEqual([0, 0, 11, 10, 10])
  })

  it('runs the more urgent first, what has no priority last, and takes nothing back', () => {
    expect(startsOf([plain(5), urgent(2, 5), urgent(-1, 5)], 1)).toEqual([10, 5, 0])
    expect(startsOf([urgent(1, 5), plain(50), urgent(0, 5, 0)], 2)).toEqual([0, 0, 5])
    expect(startsOf([urgent(1, 5), plain(50), plain(50), urgent(0, 5, 0)], 2)).toEqual([0, 0, 5 + 5, 5])
  })

  it('hears of all that ends at one instant before it begins anything', () => {
    // Both parents end at 10; the child of the second is the most urgent.
    expect(startsOf([plain(10), plain(10), urgent(5, 9, 0), urgent(4, 9, 0), urgent(1, 9, 1)], 2)).toEqual([
      0, 0, 19, 10, 10,
    ])
  })

  it('runs tasks that take no time at one instant, one after the other', () => {
    expect(listSchedule([plain(0), plain(0, 0), plain(3, 1), plain(0, 2)], 1).makespanMs).toBe(3)
  })

  it('is never below the bound, and never above it by more than Graham proved', () => {
    fc.assert(
      fc.property(anyDag(0), anySlots, (tasks, slots) => {
        const { makespanMs } = listSchedule(tasks, slots)
        const boundMs = lowerBoundMs(tasks, slots)
        expect(makespanMs).toBeGreaterThanOrEqual(boundMs)
        expect(makespanMs).toBeLessThanOrEqual(boundMs * (2 - 1 / slots) + 1e-9)
      }),
    )
  })

  it('takes all the work on one slot, and the longest path on as many slots as tasks', () => {
    fc.assert(
      fc.property(anyDag(0), (tasks) => {
        expect(listSchedule(tasks, 1).makespanMs).toBe(tasks.reduce((sum, { ms }) => sum + ms, 0))
        expect(listSchedule(tasks, tasks.length).makespanMs).toBe(lowerBoundMs(tasks, Infinity))
      }),
    )
  })

  it('runs each task for its time, after its parents, and one at a time on each slot', () => {
    fc.assert(
      fc.property(anyDag(0), anySlots, (tasks, slots) => {
        const { placed, makespanMs } = listSchedule(tasks, slots)
        for (const [index, { startMs, endMs, slot }] of placed.entries()) {
          const { ms, parents } = tasks[index] as ListedTask
          expect(endMs).toBe(startMs + ms)
          for (const parent of parents) expect(placed[parent]?.endMs).toBeLessThanOrEqual(startMs)
          expect(slot).toBeLessThan(slots)
        }
        expect(Math.max(...placed.map(({ endMs }) => endMs))).toBe(makespanMs)
        for (let slot = 0; slot < slots; slot++) {
          const here = placed
            .filter((each) => each.slot === slot)
            .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
          for (const [index, { startMs }] of here.entries())
            expect(startMs).toBeGreaterThanOrEqual(here[index - 1]?.endMs ?? 0)
        }
      }),
    )
  })

  it('leaves no slot free, and gives none to the less urgent, while a task is ready', () => {
    fc.assert(
      fc.property(anyDag(1), anySlots, (tasks, slots) => {
        const { placed } = listSchedule(tasks, slots)
        const rankOf = (index: number): number => tasks[index]?.priority ?? Infinity
        for (const [index, { startMs }] of placed.entries()) {
          const readyMs = Math.max(0, ...(tasks[index]?.parents ?? []).map((parent) => placed[parent]?.endMs ?? 0))
          const overtook = placed.filter((other) => other.startMs >= readyMs && other.startMs < startMs)
          for (const other of overtook) expect(rankOf(placed.indexOf(other))).toBeLessThanOrEqual(rankOf(index))
          for (const atMs of startMs > readyMs ? [readyMs, ...overtook.map((other) => other.startMs)] : [])
            expect(placed.filter((other) => other.startMs <= atMs && atMs < other.endMs)).toHaveLength(slots)
        }
      }),
    )
  })
})
