import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newWorld, type TestWork, type World } from './world.js'

const LIMITS = { size: 2, maxTasksPerWorker: Infinity, depth: 4 }
const APP = {}

let nextId = 0
const workWith = (more: Partial<TestWork> = {}): TestWork => ({
  id: nextId++,
  spec: APP,
  priority: undefined,
  heapMb: undefined,
  ...more,
})

const submit = (world: World, ...works: readonly TestWork[]): void => {
  for (const work of works) world.hear({ type: 'submitted', work })
  world.hear({ type: 'turn' })
}

/** A pool of two workers that are up, and an app whose bodies are known to be short. */
const shortWorld = (limits = LIMITS): World => {
  const world = newWorld(limits)
  submit(world, workWith(), workWith())
  for (const worker of world.machines.keys()) world.up(worker)
  for (let count = 0; count < 2; count++) for (const worker of world.machines.keys()) world.finish(worker, 0.01)
  return world
}

const queuedAt = (world: World): number[] => [...world.machines.values()].map(({ queue }) => queue.length)

describe('a pool of workers', () => {
  it('starts as many workers as there are tries, up to its size', () => {
    const world = newWorld(LIMITS)
    submit(world, workWith())
    expect(world.machines.size).toBe(1)
    submit(world, workWith(), workWith())
    expect(world.machines.size).toBe(2)
  })

  it('sends tries of short apps ahead, and of others not', () => {
    const world = shortWorld()
    submit(world, ...Array.from({ length: 20 }, () => workWith()))
    expect(queuedAt(world)).toEqual([4, 4])
    const other = newWorld(LIMITS)
    submit(other, ...Array.from({ length: 20 }, () => workWith({ spec: {} })))
    for (const worker of other.machines.keys()) other.up(worker)
    expect(queuedAt(other)).toEqual([0, 0])
  })

  it('takes back what lies ahead of a worker for one that has nothing to do', () => {
    const world = shortWorld()
    submit(world, ...Array.from({ length: 10 }, () => workWith()))
    const [busy, other] = [...world.machines.keys()] as [number, number]
    for (let count = 0; count < 5; count++) world.finish(other, 0.01)
    world.finish(other, 0.01)
    world.finish(other, 0.01)
    const still = world.machines.get(busy)
    expect(still?.begun).toBeDefined()
    expect(still?.queue.length).toBeLessThan(4)
  })

  it('lets what is more urgent overtake what was sent ahead', () => {
    const world = shortWorld({ ...LIMITS, size: 1 })
    submit(world, ...Array.from({ length: 5 }, () => workWith()))
    const urgent = workWith({ priority: 1 })
    submit(world, urgent)
    const [worker] = [...world.machines.keys()] as [number]
    world.finish(worker, 0.01)
    expect(world.machines.get(worker)?.begun).toBe(urgent)
  })

  it('ends an idle worker for one with the heap that is asked for', () => {
    const world = shortWorld({ ...LIMITS, size: 1 })
    const work = workWith({ heapMb: 64 })
    submit(world, work)
    const [first] = [...world.machines.keys()] as [number]
    expect(world.machines.get(first)?.isEnding).toBe(true)
    world.crash(first)
    const [second] = [...world.machines.entries()].map(([id, { heapMb }]) => ({ id, heapMb }))
    expect(second?.heapMb).toBe(64)
    world.up(second?.id as number)
    world.finish(second?.id as number, 1)
    expect(world.ends.get(work)).toEqual(['ended'])
  })

  it('gives up after three workers that end before they are ready, and fails every try', () => {
    const world = newWorld({ ...LIMITS, size: 1 })
    const works = [workWith(), workWith()]
    submit(world, ...works)
    for (let count = 0; count < 3; count++) world.crash([...world.machines.keys()][0] as number)
    expect(world.broken).toHaveLength(1)
    expect(works.map((work) => world.ends.get(work))).toEqual([['lost'], ['lost']])
    expect(world.machines.size).toBe(0)
  })

  it('replaces a worker after so many tries', () => {
    const world = newWorld({ ...LIMITS, size: 1, maxTasksPerWorker: 2 })
    submit(world, workWith(), workWith(), workWith())
    const [worker] = [...world.machines.keys()] as [number]
    world.up(worker)
    world.finish(worker, 1)
    world.finish(worker, 1)
    expect(world.machines.get(worker)).toMatchObject({ isEnding: true, begun: undefined })
  })
})

it('sends no more ahead to a worker than it may still take', () => {
  const world = shortWorld({ ...LIMITS, size: 1, maxTasksPerWorker: 6 })
  submit(world, ...Array.from({ length: 8 }, () => workWith()))
  expect(world.begins.size + (queuedAt(world)[0] ?? 0)).toBe(6)
})

const actions = fc.array(
  fc.record({
    what: fc.constantFrom(
      'submit',
      'submit',
      'submit',
      'up',
      'finish',
      'finish',
      'finish',
      'crash',
      'stop',
      'overdue',
      'tainted',
    ),
    which: fc.nat(50),
    priority: fc.constantFrom(undefined, undefined, 1, 5),
    heapMb: fc.constantFrom(undefined, undefined, undefined, 64),
    ms: fc.constantFrom(0.01, 0.01, 0.01, 3),
  }),
  { maxLength: 150 },
)

it('ends each try once, and begins none twice, whatever happens to its workers', () => {
  fc.assert(
    fc.property(actions, fc.constantFrom(1, 2, 4), fc.constantFrom(0, 4), (steps, size, depth) => {
      const world = newWorld({ size, depth, maxTasksPerWorker: 10 })
      const works: TestWork[] = []
      const workers = (): number[] => [...world.machines.keys()]
      for (const { what, which, priority, heapMb, ms } of steps) {
        const worker = workers()[which % Math.max(1, workers().length)] ?? -1
        const work = works[which % Math.max(1, works.length)]
        if (what === 'submit' && !world.state.over) {
          const made = workWith({ priority, heapMb })
          works.push(made)
          submit(world, made)
        } else if (what === 'up') world.up(worker)
        else if (what === 'finish') world.finish(worker, ms)
        else if (what === 'crash' && world.machines.get(worker)?.isUp) world.crash(worker)
        else if (what === 'stop' && work) world.hear({ type: 'stopRequested', work, reason: 'enough', kind: 'stopped' })
        else if (what === 'overdue' && work) world.hear({ type: 'overdue', work, reason: 'late', kind: 'body' })
        else if (what === 'tainted') world.hear({ type: 'tainted', worker })
        expect(world.machines.size).toBeLessThanOrEqual(size)
      }
      for (let round = 0; round < 2_000 && works.some((work) => !world.ends.has(work)); round++) {
        for (const [worker, machine] of world.machines) {
          if (machine.isEnding && (!machine.begun || world.state.workers.get(worker)?.phase === 'ending'))
            world.crash(worker)
          else if (!machine.isUp) world.up(worker)
          else world.finish(worker, 0.01)
        }
      }
      expect(works.filter((work) => world.ends.get(work)?.length !== 1)).toEqual([])
      expect([...world.begins.values()].filter((count) => count > 1)).toEqual([])
    }),
    { numRuns: 500 },
  )
})
