import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstBatch, type Iteration, nextBatch, parseIteration } from '../../src/perf/plan.js'

/** The sizes of all batches, where a task takes so many seconds and a batch a little on top. */
const sizes = (iteration: Iteration, target: number, perTask: number, startSeconds = 0): number[] => {
  const all: number[] = []
  let tasks: number | undefined = firstBatch(iteration)
  while (tasks !== undefined && all.length < 100) {
    all.push(tasks)
    const seconds = tasks * perTask + (all.length === 1 ? startSeconds : 0)
    tasks = nextBatch(iteration, { batch: all.length, tasks, seconds }, target)
  }
  return all
}

describe('batches', () => {
  it('grow to the size that takes the target time, where it is estimated', () => {
    expect(sizes('estimate', 120, 2 ** -10)).toEqual([10, 122_880])
    expect(sizes('estimate', 120, 2 ** -10, 1)).toEqual([10, 1_189, 122_880])
  })

  it('double until one takes the target time, where they grow exponentially', () => {
    expect(sizes('exponential', 1, 0.01)).toEqual([10, 20, 40, 80, 160])
  })

  it('are those that are listed', () => {
    expect(sizes([5, 1, 7], 120, 0.001)).toEqual([5, 1, 7])
  })

  it('are two at least, since the first one starts the workers', () => {
    expect(sizes('estimate', 1, 10)).toEqual([10, 1])
    expect(sizes('exponential', 1, 10)).toEqual([10, 20])
  })

  it('grow though one task takes more than a third of the target', () => {
    for (const [tasks, seconds] of [
      [1, 0.6],
      [2, 0.7],
      [3, 0.74],
    ] as const)
      expect(nextBatch('estimate', { batch: 2, tasks, seconds }, 1)).toBe(tasks + (tasks === 3 ? 2 : 1))
  })

  it('come to an end, are never empty, and the last takes three quarters of the target at least', () => {
    const seconds = (least: number, most: number) => fc.double({ min: least, max: most, noNaN: true })
    fc.assert(
      fc.property(
        fc.constantFrom('estimate' as const, 'exponential' as const),
        seconds(1, 1_000),
        seconds(1e-6, 10),
        seconds(0, 10),
        (iteration, target, perTask, start) => {
          const all = sizes(iteration, target, perTask, start)
          expect(all.length).toBeLessThan(100)
          expect(Math.min(...all)).toBeGreaterThan(0)
          expect((all.at(-1) ?? 0) * perTask).toBeGreaterThanOrEqual(0.75 * target)
        },
      ),
    )
  })
})

describe('--iterate', () => {
  it('reads names and lists of numbers', () => {
    expect(parseIteration('estimate')).toBe('estimate')
    expect(parseIteration('exponential')).toBe('exponential')
    expect(parseIteration('10')).toEqual([10])
    expect(parseIteration('10, 2,300')).toEqual([10, 2, 300])
  })

  it.each(['', '0', '1,', '1,0', '-1', '1.5', '1e3', 'Estimate', '9007199254740993'])('refuses %j', (text) => {
    expect(parseIteration(text)).toMatchObject({ problem: expect.stringContaining('give ') })
  })

  it('names what was probably meant', () => {
    expect(parseIteration('exponental')).toMatchObject({
      problem: expect.stringMatching(/did you mean "exponential"\?$/),
    })
  })
})
