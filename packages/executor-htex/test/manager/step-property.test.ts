import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ManagerCommand } from '../../src/manager/events.js'
import { classOf, newWorkingWorld, partOf, taskOf } from './world.js'

const NAMES = ['a', 'b', 'c', 'd']
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 })

const happenings = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('task' as const), of: fc.nat(2), parts: names }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('parts' as const), parts: names }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'lose' as const), which: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('stop' as const), which: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), parts: names }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('forgotten' as const, 'turn' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('asked' as const) }) },
  ),
  { maxLength: 120 },
)

const WEIGHTS = [1, 2, 1] as const
const how = { cause: 'worker', who: 'w', exitCode: 1, signal: null, evidence: '' } as const

/** A pool that runs what it is given, and a program that counts. */
const newPlay = () => {
  const world = newWorkingWorld({ keepBytes: 15 })
  const classes = [classOf(0), classOf(1, { needs: { cores: 2 } }), classOf(2, { parts: ['a'] })]
  world.hear({ type: 'classes', classes })
  const running = new Map<number, number>()
  const given: number[] = []
  const ended: number[] = []
  const needs = new Map<number, readonly string[]>()
  const perform = (command: ManagerCommand): void => {
    if (command.type === 'run') {
      const { task, cls, parts } = command
      expect(running.has(task.id)).toBe(false)
      expect(parts.map(([id]) => id)).toEqual([...cls.parts, ...task.parts])
      running.set(task.id, WEIGHTS[cls.n] as number)
    } else if (command.type === 'stop') {
      running.delete(command.id)
      feed(
        world.on({
          type: 'ended',
          result: { id: command.id, ok: false, kind: 'stopped', ms: 0, payload: new Uint8Array(0) },
        }),
      )
    } else if (command.type === 'say') {
      if (command.message.type === 'results') ended.push(...command.message.results.map(({ id }) => id))
      if (command.message.type === 'losses') ended.push(...command.message.losses.map(({ id }) => id))
    }
  }
  const feed = (commands: readonly ManagerCommand[]): void => commands.forEach(perform)
  return { world, running, given, ended, needs, feed }
}
type Play = ReturnType<typeof newPlay>
type Happening = Parameters<Parameters<typeof happenings.filter>[0]>[0][number]

const finish = ({ world, running, feed }: Play, id: number, isLost: boolean): void => {
  running.delete(id)
  feed(isLost ? world.on({ type: 'lost', id, how }) : world.end(id))
}

const play = (all: Play, happening: Happening): void => {
  const { world, running, given, feed } = all
  if (happening.do === 'task') {
    given.push(given.length + 1)
    feed(world.hear({ type: 'tasks', tasks: [taskOf(given.length, { of: happening.of, parts: happening.parts })] }))
  } else if (happening.do === 'parts')
    feed(world.hear({ type: 'parts', parts: happening.parts.map((id) => partOf(id)) }))
  else if (happening.do === 'forget') feed(world.hear({ type: 'forget', parts: happening.parts }))
  else if (happening.do === 'asked') feed(world.on({ type: 'asked', why: 'SIGTERM', exitCode: 143 }))
  else if (happening.do === 'stop') feed(world.hear({ type: 'stop', id: happening.which, reason: 'enough' }))
  else if (happening.do === 'end' || happening.do === 'lose') {
    const ids = [...running.keys()]
    const id = ids[happening.which % ids.length]
    if (id !== undefined) finish(all, id, happening.do === 'lose')
  } else feed(world.on({ type: happening.do }))
}

/** No more than there are workers, where any of them takes more than one. */
const expectRoom = ({ running }: Play): void => {
  const weights = [...running.values()]
  if (weights.some((weight) => weight > 1))
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(2)
}

describe('a manager', () => {
  it('tells of each try exactly one end, runs none without its parts and none twice, whatever happens', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const played = newPlay()
        const { world, running, given, ended, feed } = played
        for (const happening of all) {
          play(played, happening)
          expectRoom(played)
          expect(world.state.parts.idleBytes).toBeLessThanOrEqual(15)
        }
        // What it lacks comes, and what runs ends.
        for (let round = 0; round <= given.length; round++) {
          feed(world.hear({ type: 'parts', parts: world.state.parts.lacking().map((id) => partOf(id)) }))
          for (const id of running.keys()) finish(played, id, false)
        }
        feed(world.on({ type: 'turn' }))
        if (world.state.phase === 'ending') feed(world.on({ type: 'closed' }))
        expect(ended.toSorted((a, b) => a - b)).toEqual(given)
        expect([world.state.held.size, world.state.line.size, world.state.parts.lacking()]).toEqual([0, 0, []])
      }),
      { numRuns: 500 },
    )
  })
})
