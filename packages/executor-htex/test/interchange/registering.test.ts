import { describe, expect, it } from 'vitest'
import { partOf, plainWorld, resultOf, submit, taskOf, triesAt } from './world.js'

describe('a manager that registers', () => {
  it('is welcomed, and the program is told', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 3 })
    expect(manager.got).toEqual([{ type: 'welcome', heartbeatPeriodMs: 1_000, heartbeatThresholdMs: 5_000 }])
    expect(world.told('joined')).toEqual([{ type: 'joined', manager: 'm1', block: '0', host: 'node1', slots: 3 }])
  })

  it.each([
    [{ versions: { parsl: '2.0.0', node: 'v24.0.0' } }, 'it runs @parsl 2.0.0, and this interchange 1.0.0'],
    [{ versions: { parsl: '1.0.0', node: 'v22.0.0' } }, 'it runs on Node v22.0.0, and this interchange on v24.1.0'],
    [{ wire: 9 }, 'it speaks wire version 9, and this interchange 1'],
  ])('with %o is refused with both sides named, and others are not', (more, why) => {
    const world = plainWorld()
    const good = world.register({ manager: 'm2' })
    const bad = world.register(more)
    expect(bad.got).toEqual([{ type: 'refused', why: expect.stringContaining(why) as string }])
    expect(world.told('log')).toMatchObject([{ level: 'error', message: expect.stringContaining(why) as string }])
    submit(world, 1)
    expect(triesAt(good)).toEqual([1])
    expect(world.told('joined')).toHaveLength(1)
  })

  it('again keeps the tries that it still holds, and loses those that it does not', () => {
    const world = plainWorld()
    world.register({ slots: 3 })
    submit(world, 1, 2, 3)
    const manager = world.register({ slots: 3, holds: [1, 3] })
    expect(world.told('losses').flatMap(({ losses }) => losses)).toMatchObject([
      {
        id: 2,
        cause: 'manager',
        host: 'node1',
        block: '0',
        who: 'm1',
        evidence: expect.stringContaining('again') as string,
      },
    ])
    world.says(manager, { type: 'results', results: [resultOf(3), resultOf(2), resultOf(1)] })
    expect(world.told('results').flatMap(({ results }) => results.map(({ id }) => id))).toEqual([3, 1])
    expect(world.told('joined')).toHaveLength(1)
    expect(world.told('left')).toEqual([])
    expect(world.state.managers.size).toBe(1)
  })

  it('is told to stop what it holds and what is no longer its own', () => {
    const world = plainWorld()
    const manager = world.register({ holds: [7] })
    expect(manager.got.at(-1)).toMatchObject({ type: 'stop', id: 7 })
  })

  it('for a block whose job has ended is refused', () => {
    const world = plainWorld()
    world.program({ type: 'blocksGone', blocks: ['0'], evidence: 'x' })
    expect(world.register().got).toEqual([{ type: 'refused', why: 'the job of its block 0 has ended' }])
  })

  it('again is told again what it may not have heard: parts, and what is to stop', () => {
    const world = plainWorld()
    world.register({ slots: 3 })
    world.program(
      { type: 'tasks', tasks: [taskOf(1, { of: 1 }), taskOf(2)] },
      { type: 'parts', parts: [partOf('code')] },
    )
    world.program({ type: 'stop', id: 2, reason: 'why' })
    const manager = world.register({ slots: 3, holds: [1, 2] })
    expect(manager.got.slice(-3)).toEqual([
      { type: 'welcome', heartbeatPeriodMs: 1_000, heartbeatThresholdMs: 5_000 },
      { type: 'stop', id: 2, reason: 'why' },
      { type: 'parts', parts: [partOf('code')] },
    ])
  })

  it('again while it drains gets nothing more, and is told so', () => {
    const world = plainWorld()
    const former = world.register()
    world.says(former, { type: 'draining', why: 'its time is nearly over' })
    const manager = world.register()
    submit(world, 1)
    expect(manager.got.at(-1)).toEqual({ type: 'drain' })
  })
})
