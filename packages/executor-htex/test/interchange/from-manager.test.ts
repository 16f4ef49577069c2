import { describe, expect, it } from 'vitest'
import { plainWorld, resultOf, submit, triesAt, typesAt } from './world.js'

describe('a manager that is no more', () => {
  it('by its own word has its tries reported as lost', () => {
    const world = plainWorld()
    const manager = world.register()
    submit(world, 1, 2, 3)
    world.says(manager, { type: 'bye', why: 'SIGTERM' })
    const [first] = world.told('losses')
    expect(
      first?.losses.map(({ id, cause, who, host, block, evidence }) => [id, cause, who, host, block, evidence]),
    ).toEqual([1, 2].map((id) => [id, 'manager', 'm1', 'node1', '0', 'manager m1 on node1 ended: SIGTERM']))
    expect(world.told('left')).toMatchObject([{ manager: 'm1', block: '0' }])
    const next = world.register({ manager: 'm2' })
    expect(triesAt(next)).toEqual([3])
  })

  it('because its block has ended is not waited for', () => {
    const world = plainWorld()
    world.register()
    const other = world.register({ manager: 'm2', block: '1' })
    submit(world, 1, 2, 3, 4)
    world.program({ type: 'blocksGone', blocks: ['0'], evidence: 'job 77 was cancelled' })
    expect(world.told('losses').flatMap(({ losses }) => losses)).toHaveLength(2)
    expect(world.told('left')).toEqual([{ type: 'left', manager: 'm1', block: '0', why: 'job 77 was cancelled' }])
    expect(triesAt(other)).toHaveLength(2)
  })

  it('is one that was silent for too long, and only that one', () => {
    const world = plainWorld()
    const [one, two] = [world.register(), world.register({ manager: 'm2' })]
    submit(world, 1, 2, 3, 4)
    for (let second = 0; second < 8; second++) {
      world.tick(900)
      world.mentions(two, { type: 'beat', sent: two.link.sent })
    }
    expect(world.told('left')).toMatchObject([
      { manager: 'm1', why: 'manager m1 on node1 (block 0) was last heard from 5 s ago' },
    ])
    const lost = world.told('losses').flatMap(({ losses }) => losses.map(({ id }) => id))
    expect(new Set(lost)).toEqual(new Set(triesAt(one)))
    expect(typesAt(two)).toContain('beat')
  })

  it('is not one that was silent while this process itself was stopped', () => {
    const world = plainWorld()
    const manager = world.register()
    world.tick(900)
    world.tick(600_000)
    expect(world.told('left')).toEqual([])
    expect(manager.got.at(-1)).toMatchObject({ type: 'beat' })
    for (let second = 0; second < 6; second++) world.tick(900)
    expect(world.told('left')).toHaveLength(1)
  })

  it('is one that was silent, though this process is late each time', () => {
    const world = plainWorld()
    world.register()
    for (let n = 0; n < 6; n++) world.tick(2_000)
    expect(world.told('left')).toHaveLength(1)
  })

  it('and comes back is asked to register anew', () => {
    const world = plainWorld()
    const manager = world.register()
    submit(world, 1)
    for (let second = 0; second < 7; second++) world.tick(900)
    world.mentions(manager, { type: 'beat', sent: manager.link.sent })
    expect(manager.got.at(-1)).toEqual({ type: 'anew' })
    world.says(manager, { type: 'results', results: [resultOf(1)] })
    expect(world.told('results')).toEqual([])
    const back = world.register({ holds: [1] })
    expect(back.got.at(-1)).toMatchObject({ type: 'stop', id: 1 })
    expect(world.told('joined')).toHaveLength(2)
  })
})

describe('a manager that takes no more', () => {
  it('because it drains is told when nothing more comes', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 1 })
    submit(world, 1, 2)
    world.says(manager, { type: 'draining', why: 'its time is nearly over' })
    world.says(manager, { type: 'results', results: [resultOf(1)] })
    expect(triesAt(manager)).toEqual([1])
    expect(manager.got.at(-1)).toEqual({ type: 'drain' })
  })

  it.each([true, false])('because its block is held keeps what it has, and with drain=%s is told so', (drain) => {
    const world = plainWorld()
    const manager = world.register({ slots: 1 })
    submit(world, 1, 2)
    world.program({ type: 'hold', blocks: ['0'], drain })
    world.says(manager, { type: 'results', results: [resultOf(1)] })
    const late = world.register({ manager: 'm2' })
    expect([...triesAt(manager), ...triesAt(late)]).toEqual([1])
    expect([manager, late].map((each) => typesAt(each).includes('drain'))).toEqual([drain, drain])
    expect(triesAt(world.register({ manager: 'm3', block: '1' }))).toEqual([2])
  })
})
