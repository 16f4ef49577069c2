import { describe, expect, it } from 'vitest'
import {
  lossOf,
  newWorld,
  partOf,
  plainWorld,
  resultOf,
  submit,
  taskOf,
  triesAt,
  typesAt,
  type World,
} from './world.js'

describe('tries', () => {
  it('go to managers that have room, and wait where none has', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 2, prefetch: 1 })
    submit(world, 1, 2, 3, 4)
    expect(triesAt(manager)).toEqual([1, 2, 3])
    world.says(manager, { type: 'results', results: [resultOf(2)] })
    expect(triesAt(manager)).toEqual([1, 2, 3, 4])
    expect(world.told('results')).toEqual([{ type: 'results', results: [resultOf(2)] }])
  })

  it('of one turn go to a manager in one message, behind their class', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 10 })
    submit(world, 1, 2, 3)
    submit(world, 4)
    expect(typesAt(manager)).toEqual(['welcome', 'classes', 'tasks', 'tasks'])
  })

  it('are put where there are idle workers before they are sent ahead', () => {
    const world = plainWorld()
    const managers = ['a', 'b', 'c'].map((manager) => world.register({ manager, slots: 2, prefetch: 50 }))
    submit(world, 1, 2, 3, 4, 5, 6)
    expect(managers.map((manager) => triesAt(manager).length)).toEqual([2, 2, 2])
  })

  it('of a class that was never told are lost with the reason', () => {
    const world = newWorld()
    submit(world, 1)
    expect(world.told('losses')).toMatchObject([
      { losses: [{ id: 1, cause: 'interchange', evidence: 'its class 0 was never told' }] },
    ])
  })

  it('that waited are stopped at once, and those at a manager by it', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 1 })
    submit(world, 1, 2)
    world.program({ type: 'stop', id: 2, reason: 'why' }, { type: 'stop', id: 1, reason: 'why' })
    expect(world.told('stopped')).toEqual([{ type: 'stopped', ids: [2] }])
    expect(manager.got.at(-1)).toEqual({ type: 'stop', id: 1, reason: 'why' })
    world.says(manager, { type: 'results', results: [{ ...resultOf(1), ok: false, kind: 'stopped' }] })
    expect(world.told('results')).toHaveLength(1)
    expect(triesAt(manager)).toEqual([1])
    expect(world.state.tasks.size).toBe(0)
  })

  it('that nobody here could hold wait with a word of it, until somebody comes', () => {
    const world = plainWorld()
    world.register()
    world.program({ type: 'tasks', tasks: [taskOf(1, { of: 2 }), taskOf(2, { of: 2 })] })
    expect(world.told('log')).toMatchObject([{ level: 'warn', facts: { needs: { gpus: 1 } } }])
    const other = world.register({ manager: 'm2', gpus: 1 })
    expect(triesAt(other)).toEqual([1])
    world.says(other, { type: 'losses', losses: [lossOf(1)] })
    expect(triesAt(other)).toEqual([1, 2])
    expect(world.told('losses')).toEqual([{ type: 'losses', losses: [lossOf(1)] }])
  })

  it('are reported as begun with their place', () => {
    const world = plainWorld()
    const manager = world.register()
    submit(world, 1)
    const starts = [{ id: 1, worker: 'worker 1' }]
    world.says(manager, { type: 'starts', starts: [...starts, { id: 9, worker: 'worker 1' }] })
    expect(world.told('starts')).toEqual([{ type: 'starts', host: 'node1', block: '0', starts }])
    expect(world.state.dropped.stray).toBe(1)
  })

  it('are ended once, however often and by whomever that is said', () => {
    const world = plainWorld()
    const [one, two] = [world.register({ slots: 1 }), world.register({ manager: 'm2', slots: 1 })]
    submit(world, 1, 2)
    const [id] = triesAt(one) as [number]
    world.says(two, { type: 'results', results: [resultOf(id), resultOf(99)] })
    world.says(one, { type: 'results', results: [resultOf(id), resultOf(id)] })
    world.says(one, { type: 'losses', losses: [lossOf(id)] })
    expect(world.told('results')).toEqual([{ type: 'results', results: [resultOf(id)] }])
    expect(world.told('losses')).toEqual([])
    expect(world.state.dropped.stray).toBe(4)
  })

  it('with much payload go in messages of a few megabytes', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 4 })
    const payload = new Uint8Array(2_000_000)
    world.program({ type: 'tasks', tasks: [1, 2, 3, 4].map((id) => taskOf(id, { payload })) })
    expect(typesAt(manager)).toEqual(['welcome', 'classes', 'tasks', 'tasks'])
    expect(triesAt(manager)).toEqual([1, 2, 3, 4])
  })
})

describe('parts', () => {
  const send = (world: World, ...ids: readonly number[]) =>
    world.program({ type: 'tasks', tasks: ids.map((id) => taskOf(id, { of: 1, parts: ['own'] })) })

  it('go to each manager once, before the tries that need them', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 9 })
    world.program({ type: 'parts', parts: [partOf('code'), partOf('own')] })
    send(world, 1, 2)
    send(world, 3)
    expect(typesAt(manager)).toEqual(['welcome', 'classes', 'parts', 'tasks', 'tasks'])
    expect(manager.got[2]).toEqual({ type: 'parts', parts: [partOf('code'), partOf('own')] })
  })

  it('that are not there are asked for once, and passed on when they come', () => {
    const world = plainWorld()
    const managers = [world.register({ slots: 1 }), world.register({ manager: 'm2', slots: 1 })]
    send(world, 1, 2)
    expect(world.told('wants')).toEqual([{ type: 'wants', parts: ['code', 'own'] }])
    world.program({ type: 'parts', parts: [partOf('code'), partOf('own')] })
    for (const { got } of managers)
      expect(got.slice(-2)).toEqual([
        { type: 'parts', parts: [partOf('code')] },
        { type: 'parts', parts: [partOf('own')] },
      ])
  })

  it('that a manager has forgotten come from the store, or from the program', () => {
    const world = plainWorld()
    const manager = world.register()
    world.program({ type: 'parts', parts: [partOf('code')] })
    world.says(manager, { type: 'wants', parts: ['code', 'gone'] })
    expect(manager.got.at(-1)).toEqual({ type: 'parts', parts: [partOf('code')] })
    expect(world.told('wants')).toEqual([{ type: 'wants', parts: ['gone'] }])
  })

  it('that are forgotten are forgotten by those who have them', () => {
    const world = plainWorld()
    const [one, two] = [world.register(), world.register({ manager: 'm2' })]
    world.program({ type: 'parts', parts: [partOf('own')] })
    world.says(one, { type: 'wants', parts: ['own'] })
    world.program({ type: 'forget', parts: ['own'] })
    expect(one.got.at(-1)).toEqual({ type: 'forget', parts: ['own'] })
    expect(typesAt(two)).not.toContain('forget')
    world.says(one, { type: 'wants', parts: ['own'] })
    expect(world.told('wants')).toHaveLength(1)
  })

  it('decide between managers that have room', () => {
    const world = plainWorld()
    const managers = Array.from({ length: 3 }, (_, i) => world.register({ manager: `m${i}`, slots: 100 }))
    world.program({ type: 'parts', parts: [partOf('code'), partOf('own')] })
    for (let id = 1; id <= 30; id++) send(world, id)
    const counts = managers.map((manager) => triesAt(manager).length).toSorted((a, b) => b - a)
    expect(counts[0]).toBeGreaterThan(15)
  })
})
