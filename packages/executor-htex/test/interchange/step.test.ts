import { describe, expect, it } from 'vitest'
import { plainWorld, resultOf, submit, triesAt, typesAt } from './world.js'

describe('an interchange', () => {
  it('answers what is asked about managers', () => {
    const world = plainWorld()
    world.register({ slots: 3 })
    world.register({ manager: 'm2', block: '1' })
    submit(world, 1)
    world.clock.now = 500
    world.program({ type: 'hold', blocks: ['1'], drain: true }, { type: 'ask', n: 5, what: 'managers' })
    const [answer] = world.told('answer')
    const idle = answer?.managers.find(({ tasks }) => tasks === 0)
    expect(answer?.n).toBe(5)
    expect(answer?.managers.map(({ tasks }) => tasks).toSorted()).toEqual([0, 1])
    expect(idle).toMatchObject({ idleMs: 500, lastHeardMs: 500 })
    expect(answer?.managers[1]).toMatchObject({ manager: 'm2', active: false, draining: true, workers: 2 })
  })

  it.each([{ type: 'programGone' } as const, { type: 'program', message: { type: 'end' } } as const])(
    'at the end of the program (%o) ends its managers and then itself, once',
    (event) => {
      const world = plainWorld()
      const manager = world.register()
      world.happens(event)
      world.happens({ type: 'programGone' })
      submit(world, 1)
      expect(manager.got.at(-1)).toEqual({ type: 'end' })
      expect(triesAt(manager)).toEqual([])
      expect(world.exits()).toBe(1)
    },
  )

  it('passes on what a manager has to say, with its name', () => {
    const world = plainWorld()
    const manager = world.register()
    world.says(manager, { type: 'log', level: 'warn', facts: { worker: 3 }, message: 'hot' })
    expect(world.told('log')).toEqual([
      { type: 'log', level: 'warn', message: 'hot', facts: { worker: 3, manager: 'm1', block: '0', host: 'node1' } },
    ])
  })

  it('counts garbage, speaks of it now and then, and keeps whoever is registered', () => {
    const world = plainWorld()
    const manager = world.register()
    for (let n = 0; n < 1_000; n++) {
      world.happens({ type: 'garbage', from: 'the network', why: 'no envelope' })
      const { session, seq, ack } = { session: manager.link.session, seq: 0, ack: 99 }
      world.happens({
        type: 'manager',
        address: 'm1',
        envelope: { session, seq, ack },
        message: { type: 'again' },
        bytes: 1,
      })
      world.happens({
        type: 'manager',
        address: 'm1',
        envelope: { session, seq, ack: 0 },
        message: undefined,
        refusal: 'unknown type',
        bytes: 1,
      })
    }
    expect(world.told('log')).toHaveLength(1)
    expect(world.state.dropped.garbage).toBe(3_000)
    world.clock.now += 20_000
    world.happens({ type: 'garbage', from: 'the network', why: 'no envelope' })
    expect(world.told('log')).toMatchObject([
      { message: 'dropped 3000 messages that cannot be read, the last from the network: no envelope' },
    ])
    submit(world, 1)
    expect(triesAt(manager)).toEqual([1])
  })

  it('answers a probe, and asks strangers who say anything else to register', () => {
    const world = plainWorld()
    const envelope = { session: 'x', seq: 0, ack: 0 }
    world.happens({ type: 'manager', address: 'a', envelope, message: { type: 'probe' }, bytes: 0 })
    world.happens({ type: 'manager', address: 'a', envelope, message: { type: 'beat', sent: 4 }, bytes: 0 })
    world.happens({ type: 'manager', address: 'a', envelope, message: undefined, refusal: 'no', bytes: 0 })
    expect(world.strangers.map(({ message }) => message.type)).toEqual(['probe', 'anew'])
  })

  it('says again what is missing, and what was on the way to a former address', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 5 })
    const { link } = manager
    submit(world, 1)
    // As if it had never come.
    link.taken = 1
    manager.got.length = 1
    world.mentions(manager, { type: 'again' })
    expect(triesAt(manager)).toEqual([1])
    link.taken = 1
    manager.got.length = 1
    world.managers.set('elsewhere', manager)
    world.happens({
      type: 'manager',
      address: 'elsewhere',
      envelope: { session: link.session, seq: 0, ack: 1 },
      message: { type: 'beat', sent: link.sent },
      bytes: 0,
    })
    expect(triesAt(manager)).toEqual([1])
  })

  it('tells a manager that says much that it has it', () => {
    const world = plainWorld()
    const manager = world.register()
    for (let n = 0; n < 100; n++) world.says(manager, { type: 'log', level: 'info', facts: {}, message: `${n}` })
    expect(typesAt(manager).filter((type) => type === 'beat').length).toBeGreaterThan(1)
    expect(manager.link.sent - manager.link.acked).toBeLessThan(40)
  })

  it('keeps nothing of what has ended', () => {
    const world = plainWorld()
    const manager = world.register({ slots: 10 })
    for (let id = 0; id < 1_000; id += 10) {
      const ids = Array.from({ length: 10 }, (_, i) => id + i)
      submit(world, ...ids)
      world.says(manager, { type: 'results', results: ids.map(resultOf) })
    }
    world.mentions(manager, { type: 'beat', sent: manager.link.sent })
    const { tasks, lines, results, owed } = world.state
    const [known] = [...world.state.managers.values()]
    expect([tasks.size, lines.length, lines[0]?.queue.size, results.length, owed.size]).toEqual([0, 1, 0, 0, 0])
    expect([known?.tasks.size, known?.room.usedSlots, known?.link.keptBytes]).toEqual([0, 0, 0])
  })
})
