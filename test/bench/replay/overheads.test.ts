import { describe, expect, it } from 'vitest'
import { overheadsOf } from '../../../bench/replay/overheads.ts'

describe('overheads of a replay', () => {
  it('are what is between a worker and its next task, and what bodies took too long', () => {
    const tasks = [
      { ms: 10, parents: [] },
      { ms: 10, parents: [] },
      { ms: 5, parents: [0] },
      { ms: 5, parents: [1, 2] },
      { ms: 1, parents: [3] },
    ]
    const ran = [
      { startMs: 1, endMs: 12, worker: 'a' },
      { startMs: 2, endMs: 14, worker: 'b' },
      // 4 after its worker was free.
      { startMs: 16, endMs: 22, worker: 'a' },
      // 3 after the last of its parents.
      { startMs: 25, endMs: 32, worker: 'b' },
      // 2 after its parent in the same worker.
      { startMs: 34, endMs: 38, worker: 'b' },
    ]
    expect(overheadsOf(tasks, ran)).toEqual({ late: 2, handOver: 3 })
  })

  it('are none where nothing ran', () => {
    expect(overheadsOf([], [])).toEqual({ late: 0, handOver: 0 })
  })
})
