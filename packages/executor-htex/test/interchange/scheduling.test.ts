import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Needs } from '../../src/wire/messages.js'
import type { SelectorName } from '../../src/interchange/selector.js'
import { classOf, lossOf, newWorld, resultOf, taskOf, type TestManager, type World } from './world.js'

const SHAPES: readonly Needs[] = [
  {},
  { cores: 2 },
  { cores: 4 },
  { memory: 600 },
  { gpus: 1 },
  { gpus: 0.5, memory: 100 },
  { custom: { license: 1 } },
]

const KINDS: readonly {
  slots: number
  prefetch: number
  memory: number
  gpus: number
  custom: Record<string, number>
}[] = [
  { slots: 1, prefetch: 0, memory: 500, gpus: 0, custom: {} },
  { slots: 2, prefetch: 3, memory: 1_000, gpus: 0, custom: {} },
  { slots: 4, prefetch: 0, memory: 2_000, gpus: 2, custom: { license: 1 } },
  { slots: 4, prefetch: 8, memory: 1_000, gpus: 1, custom: { license: 2 } },
]

const happenings = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('submit' as const),
        of: fc.nat(SHAPES.length - 1),
        priority: fc.constantFrom(undefined, 1, 2),
        many: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), kind: fc.nat(KINDS.length - 1) }) },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('finish' as const), at: fc.nat(9), many: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('bye' as const, 'loss' as const, 'drain' as const), at: fc.nat(9) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), at: fc.nat(9), keeps: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), which: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2_000) }) },
  ),
  { maxLength: 120, size: 'max' },
)
type Happening = Parameters<Parameters<typeof happenings.filter>[0]>[0][number]

/** A world whose managers are played, with a record of where each try is. */
const newPlay = (selector: SelectorName, seed: number) => {
  const world = newWorld({ selector, ageAfterMs: 1_000, heartbeatThresholdMs: 1e9 }, seed)
  world.program({ type: 'classes', classes: SHAPES.map((needs, n) => classOf(n, { needs })) })
  return {
    world,
    /** What managers have that they were sent, and the messages of theirs that were looked at. */
    has: new Map<TestManager, Map<number, number>>(),
    looked: new Map<TestManager, number>(),
    of: new Map<number, number>(),
    ends: new Map<number, number>(),
    nextId: 0,
    names: 0,
  }
}
type Play = ReturnType<typeof newPlay>

const slotsOf = (of: number): number => Math.max(1, SHAPES[of]?.cores ?? 1)
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** Nothing takes more of a manager than it has. */
const checkRoom = ({ told }: TestManager, held: Map<number, number>): void => {
  const all = [...held.values()]
  const total = (amountOf: (needs: Needs) => number | undefined): number =>
    sum(all.map((of) => amountOf(SHAPES[of] as Needs) ?? 0))
  expect(sum(all.map(slotsOf))).toBeLessThanOrEqual(told.slots + told.prefetch)
  // Beside one that needs more than a place, nothing waits ahead of its time.
  if (all.some((of) => of !== 0)) expect(sum(all.map(slotsOf))).toBeLessThanOrEqual(told.slots)
  expect(total(({ memory }) => memory)).toBeLessThanOrEqual(told.memory)
  expect(total(({ gpus }) => gpus)).toBeLessThanOrEqual(told.gpus)
  expect(total(({ custom }) => custom?.['license'])).toBeLessThanOrEqual(told.custom['license'] ?? 0)
}

/** Looks at what managers were sent since the last time, and at what the program heard. */
const look = (play: Play): void => {
  for (const [manager, held] of play.has) {
    for (const message of manager.got.slice(play.looked.get(manager))) {
      if (message.type !== 'tasks') continue
      for (const { id, of } of message.tasks) {
        const others = [...play.has.values()].filter((theirs) => theirs.has(id)).length
        if (others > 0 || play.ends.has(id)) throw new Error(`try ${id} was sent again`)
        held.set(id, of)
      }
    }
    play.looked.set(manager, manager.got.length)
    checkRoom(manager, held)
  }
  const { world, ends } = play
  const ended = [
    ...world.told('results').flatMap(({ results }) => results.map(({ id }) => id)),
    ...world.told('losses').flatMap(({ losses }) => losses.map(({ id }) => id)),
    ...world.told('stopped').flatMap(({ ids }) => ids),
  ]
  for (const id of ended) ends.set(id, (ends.get(id) ?? 0) + 1)
}

const managerAt = ({ has }: Play, at: number): TestManager | undefined => [...has.keys()][at % (has.size || 1)]

const firstOf = (play: Play, manager: TestManager, many: number): number[] => {
  const ids = [...(play.has.get(manager)?.keys() ?? [])].slice(0, many)
  for (const id of ids) play.has.get(manager)?.delete(id)
  return ids
}

const join = (play: Play, kind: number): void => {
  const name = `m${play.names++}`
  const manager = play.world.register({ ...KINDS[kind], manager: name, block: String(play.names % 3) })
  play.has.set(manager, new Map())
  play.looked.set(manager, 0)
}

const submitMany = (play: Play, happening: Extract<Happening, { do: 'submit' }>): void => {
  const { of, priority } = happening
  const ids = Array.from({ length: happening.many }, () => play.nextId++)
  for (const id of ids) play.of.set(id, of)
  play.world.program({ type: 'tasks', tasks: ids.map((id) => taskOf(id, { of, priority })) })
}

const registerAgain = (play: Play, manager: TestManager, keeps: number): void => {
  const held = [...(play.has.get(manager) ?? [])].slice(0, keeps)
  const looked = play.looked.get(manager) ?? 0
  const again = play.world.register({ ...manager.told, holds: held.map(([id]) => id) })
  play.has.delete(manager)
  play.has.set(again, new Map(held))
  play.looked.set(again, looked)
}

const atManager = (play: Play, happening: Extract<Happening, { at: number }>): void => {
  const manager = managerAt(play, happening.at)
  if (manager === undefined) return
  const { world } = play
  if (happening.do === 'again') return registerAgain(play, manager, happening.keeps)
  if (happening.do === 'drain') return world.says(manager, { type: 'draining', why: 'test' })
  if (happening.do === 'bye') {
    play.has.delete(manager)
    return world.says(manager, { type: 'bye', why: 'test' })
  }
  const ids = firstOf(play, manager, happening.do === 'finish' ? happening.many : 1)
  if (happening.do === 'finish') world.says(manager, { type: 'results', results: ids.map(resultOf) })
  else world.says(manager, { type: 'losses', losses: ids.map(lossOf) })
}

const perform = (play: Play, happening: Happening): void => {
  if (happening.do === 'submit') submitMany(play, happening)
  else if (happening.do === 'join') join(play, happening.kind)
  else if (happening.do === 'wait') play.world.tick(happening.ms)
  else if (happening.do === 'stop') play.world.program({ type: 'stop', id: happening.which, reason: 'test' })
  else atManager(play, happening)
  look(play)
}

/** With one of each kind of manager, everything comes to its end. */
const finishAll = (play: Play): void => {
  for (const kind of KINDS.keys()) join(play, kind)
  look(play)
  for (let round = 0; play.ends.size < play.nextId && round < 2_000; round++) {
    play.world.tick(100)
    for (const manager of play.has.keys())
      play.world.says(manager, { type: 'results', results: firstOf(play, manager, Infinity).map(resultOf) })
    look(play)
  }
}

const once = (many: number): [number, number][] => Array.from({ length: many }, (_, id): [number, number] => [id, 1])

describe('the interchange', () => {
  it.each(['random', 'blockId', 'fewestManagers'] as const)(
    'loses no try, has none at two managers and none end twice, and never gives more than there is room for (%s)',
    (selector) => {
      fc.assert(
        fc.property(happenings, fc.integer(), (all, seed) => {
          const play = newPlay(selector, seed)
          for (const happening of all) perform(play, happening)
          finishAll(play)
          expect([...play.ends].toSorted(([a], [b]) => a - b)).toEqual(once(play.nextId))
          expect(play.world.state.tasks.size).toBe(0)
          for (const { room } of play.world.state.managers.values())
            expect([room.usedSlots, room.special]).toEqual([0, 0])
        }),
        { numRuns: 40 },
      )
    },
  )

  it('hands out what fits by priority, and then in order of arrival', () => {
    const tries = fc.array(fc.constantFrom(undefined, -3, 0, 1, 2.5, 100), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(tries, (priorities) => {
        const world = newWorld()
        world.program({ type: 'classes', classes: [classOf(0)] })
        world.program({ type: 'tasks', tasks: priorities.map((priority, id) => taskOf(id, { priority })) })
        const manager = world.register({ slots: 1 })
        const order: number[] = []
        for (let i = 0; i < priorities.length; i++) {
          const id = manager.got.flatMap((message) => (message.type === 'tasks' ? message.tasks : []))[i]?.id as number
          order.push(id)
          world.says(manager, { type: 'results', results: [resultOf(id)] })
        }
        const rank = (id: number): number => priorities[id] ?? Infinity
        const expected = priorities
          .map((_, id) => id)
          .toSorted((a, b) => (rank(a) === rank(b) ? a - b : rank(a) - rank(b)))
        expect(order).toEqual(expected)
      }),
    )
  })
})

const runOne = (world: World, manager: TestManager): number => {
  const [id] = [...world.state.managers.get(manager.link.session)!.tasks].map(({ told }) => told.id) as [number]
  world.says(manager, { type: 'results', results: [resultOf(id)] })
  return id
}

describe('what waits for long', () => {
  it('comes to its turn though more urgent tries never end, and they still come first', () => {
    const world = newWorld({ ageAfterMs: 1_000 })
    world.program({ type: 'classes', classes: [classOf(0)] })
    const manager = world.register({ slots: 1 })
    let next = 1_000
    world.program({ type: 'tasks', tasks: Array.from({ length: 5 }, (_, id) => taskOf(id)) })
    const order: number[] = []
    for (let round = 0; round < 100; round++) {
      world.program({ type: 'tasks', tasks: [taskOf(next++, { priority: 1 }), taskOf(next++, { priority: 1 })] })
      world.clock.now += 100
      order.push(runOne(world, manager))
    }
    const old = order.filter((id) => id < 5)
    expect(old).toEqual([0, 1, 2, 3, 4])
    expect(order.indexOf(4)).toBeLessThan(60)
    expect(order.length - old.length).toBe(95)
  })

  it('and is large has a manager kept free for it', () => {
    const world = newWorld({ ageAfterMs: 1_000 })
    world.program({ type: 'classes', classes: [classOf(0), classOf(1, { needs: { cores: 4 } })] })
    const manager = world.register({ slots: 4 })
    let next = 10
    const more = (): void => world.program({ type: 'tasks', tasks: [taskOf(next++), taskOf(next++)] })
    for (let n = 0; n < 6; n++) more()
    world.program({ type: 'tasks', tasks: [taskOf(1, { of: 1 })] })
    const order: number[] = []
    for (let round = 0; round < 40 && !order.includes(1); round++) {
      more()
      world.clock.now += 100
      order.push(runOne(world, manager))
    }
    expect(order).toContain(1)
    order.push(runOne(world, manager))
    expect(order.at(-1)).toBeGreaterThan(9)
  })
})
