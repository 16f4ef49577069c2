import { describe, expect, it } from 'vitest'
import { graphOf, lowerBoundMs, remainingPaths } from '../../../bench/replay/graph.ts'
import { readRecording, type Recording } from '../../../bench/replay/wf-format.ts'
import { recordingText } from './fixture.ts'

const of = (recording: Recording, scale = 0.001) => graphOf(recording, { scale, source: 'some.json' })
const recordingOf = (edges: Readonly<Record<string, readonly string[]>>): Recording => ({
  name: 'edges',
  tasks: Object.entries(edges).map(([id, parents], index) => ({ id, parents, seconds: index + 1 })),
})

describe('a graph', () => {
  it('holds the tasks in the order of the file, but none before its parents, with scaled times', () => {
    expect(of(readRecording(recordingText, 'some.json'))).toEqual([
      { ms: 110, parents: [] },
      { ms: 20, parents: [] },
      { ms: 40, parents: [1] },
      { ms: 80, parents: [2] },
      { ms: 0, parents: [3] },
      { ms: 50, parents: [2] },
      { ms: 60, parents: [2] },
      { ms: 30, parents: [5, 6] },
      { ms: 10, parents: [4, 7] },
      { ms: 5.5, parents: [8, 0] },
    ])
  })

  it('keeps the order of a file that has parents first', () => {
    expect(of(recordingOf({ a: [], b: [], c: ['a'], d: ['b', 'a'] })).map(({ ms }) => ms)).toEqual([1, 2, 3, 4])
  })

  it('may be a chain that is longer than any stack', () => {
    const length = 50_000
    const tasks = Array.from({ length }, (_, n) => ({
      id: `${n}`,
      parents: n + 1 < length ? [`${n + 1}`] : [],
      seconds: 1,
    }))
    const chain = of({ name: 'chain', tasks })
    expect(chain.map(({ parents }) => parents[0] ?? -1)).toEqual(Array.from({ length }, (_, n) => n - 1))
    expect(lowerBoundMs(chain, 4)).toBe(length)
  })

  it.each([
    [{ a: ['a'] }, 'a -> a'],
    [{ a: [], b: ['a', 'd'], c: ['b'], d: ['c'] }, 'b -> c -> d -> b'],
  ])('of tasks that wait for each other is refused: %o', (edges, circle) => {
    expect(() => of(recordingOf(edges as never))).toThrow(
      `some.json cannot be run: its tasks wait for each other in a circle, ${circle}`,
    )
  })

  it('has the longest path below each task, its own time included', () => {
    expect(remainingPaths(of(readRecording(recordingText, 'some.json')))).toEqual([
      115.5, 165.5, 145.5, 95.5, 15.5, 95.5, 105.5, 45.5, 15.5, 5.5,
    ])
  })

  it('takes its longest path at least, or all its work on few slots', () => {
    const graph = of(readRecording(recordingText, 'some.json'))
    expect(lowerBoundMs(graph, 4)).toBe(165.5)
    expect(lowerBoundMs(graph, 2)).toBe(405.5 / 2)
  })
})
