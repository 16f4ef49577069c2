import { describe, expect, it } from 'vitest'
import { classOf, lossOf, newWorld, resultOf, SETTINGS, taskOf, triesAt, typesAt, type World } from './world.js'

const partOf = (id: string, size = 4) => ({ id, isText: false, content: new Uint8Array(size) })

/** An interchange that knows a class of plain tasks. */
const plainWorld = (settings: Partial<typeof SETTINGS> = {}): World => {
  const world = newWorld(settings)
  world.program({
    type: 'classes',
    classes: [classOf(0), classOf(1, { parts: ['code'] }), classOf(2, { needs: { gpus: 1 } })],
  })
  return world
}

const submit = (world: World, ...ids: readonly number[]): void =>
  world.program({ type: 'tasks', tasks: ids.map((id) => taskOf(id)) })

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
})

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
    const payload = new Uint8Array(3_000_000)
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
    expect(
      world
        .told('losses')
        .flatMap(({ losses }) => losses.map(({ id }) => id))
        .toSorted(),
    ).toEqual(triesAt(one).toSorted())
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
