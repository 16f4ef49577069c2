import { describe, expect, it } from 'vitest'
import { classOf, newWorkingWorld, newWorld, partOf, runsIn, saidIn, taskOf, typesIn } from './world.js'

describe('tries', () => {
  it('go to the workers in order of their priority, as they come', () => {
    const world = newWorkingWorld()
    const tasks = [taskOf(1), taskOf(2, { priority: 5 }), taskOf(3, { priority: 1 })]
    expect(runsIn(world.hear({ type: 'tasks', tasks }))).toEqual([3, 2, 1])
  })

  it('that come twice run once', () => {
    const world = newWorkingWorld()
    expect(runsIn(world.hear({ type: 'tasks', tasks: [taskOf(1), taskOf(1)] }))).toEqual([1])
    expect(runsIn(world.hear({ type: 'tasks', tasks: [taskOf(1)] }))).toEqual([])
  })

  it('of a class that was not told are lost, not kept for ever', () => {
    const world = newWorkingWorld()
    expect(world.hear({ type: 'tasks', tasks: [taskOf(1, { of: 9 })] })).toEqual([])
    expect(world.turn()).toMatchObject([{ type: 'say', message: { losses: [{ id: 1, cause: 'manager' }] } }])
  })

  it('wait for their parts, which are asked for once', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'classes', classes: [classOf(1, { parts: ['code'] })] })
    const first = world.hear({ type: 'tasks', tasks: [taskOf(1, { of: 1, parts: ['a', 'code'] })] })
    expect(first).toEqual([{ type: 'say', message: { type: 'wants', parts: ['code', 'a'] } }])
    const second = world.hear({ type: 'tasks', tasks: [taskOf(2, { of: 1, parts: ['b'] })] })
    expect(second).toEqual([{ type: 'say', message: { type: 'wants', parts: ['b'] } }])
    expect(runsIn(world.hear({ type: 'parts', parts: [partOf('code'), partOf('b')] }))).toEqual([2])
    expect(runsIn(world.hear({ type: 'parts', parts: [partOf('a')] }))).toEqual([1])
  })

  it('whose part cannot be read are lost with the reason', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1, { parts: ['text'] })] })
    const bad = { id: 'text', isText: true, content: new Uint8Array([0xff]) }
    expect(runsIn(world.hear({ type: 'parts', parts: [bad] }))).toEqual([])
    expect(world.turn()).toMatchObject([
      { message: { losses: [{ id: 1, evidence: expect.stringContaining('part text cannot be read') as string }] } },
    ])
  })

  it('are told of at the end of the turn: beginnings, ends, losses', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1), taskOf(2)] })
    const how = { cause: 'worker', who: 'worker 0', exitCode: null, signal: 'SIGKILL', evidence: 'gone' } as const
    expect(world.on({ type: 'lost', id: 1, how })).toEqual([])
    expect(world.end(2)).toEqual([])
    expect(world.on({ type: 'began', id: 2, worker: 'worker 1' })).toEqual([])
    world.hear({ type: 'tasks', tasks: [taskOf(3)] })
    world.on({ type: 'began', id: 3, worker: 'worker 1' })
    const commands = world.turn()
    expect(saidIn(commands)).toEqual(['starts', 'results', 'losses'])
    expect(commands[0]).toMatchObject({ message: { starts: [{ id: 3, worker: 'worker 1' }] } })
    expect(world.turn()).toEqual([])
  })

  it('that take several cores begin when there is room for them, and nothing overtakes them', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'classes', classes: [classOf(1, { needs: { cores: 2 } })] })
    expect(runsIn(world.hear({ type: 'tasks', tasks: [taskOf(1), taskOf(2, { of: 1 }), taskOf(3)] }))).toEqual([1])
    expect(runsIn(world.end(1))).toEqual([2])
    expect(runsIn(world.end(2))).toEqual([3])
  })
})

describe('a try that is to stop', () => {
  it('is stopped by the workers where it was given to them', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1)] })
    expect(world.hear({ type: 'stop', id: 1, reason: 'enough' })).toEqual([{ type: 'stop', id: 1, reason: 'enough' }])
  })

  it('is gone at once where it waits, and its parts are let go', () => {
    const world = newWorkingWorld({ keepBytes: 0 })
    world.hear({ type: 'classes', classes: [classOf(1, { needs: { cores: 2 } })] })
    world.hear({ type: 'parts', parts: [partOf('a')] })
    world.hear({ type: 'tasks', tasks: [taskOf(1), taskOf(2, { of: 1 }), taskOf(3, { parts: ['b'] })] })
    expect(world.hear({ type: 'stop', id: 2, reason: 'enough' })).toEqual([])
    expect(world.hear({ type: 'stop', id: 3, reason: 'enough' })).toEqual([])
    expect(world.turn()[0]).toMatchObject({
      message: {
        results: [
          { id: 2, kind: 'stopped' },
          { id: 3, kind: 'stopped' },
        ],
      },
    })
    expect(world.hear({ type: 'parts', parts: [partOf('b')] })).toEqual([])
    expect(runsIn(world.end(1))).toEqual([])
  })

  it('and is not here is left alone: its end is on its way', () => {
    expect(newWorkingWorld().hear({ type: 'stop', id: 1, reason: 'enough' })).toEqual([])
  })
})

describe('a manager', () => {
  it('begins with a registration, and beats at the pace that its interchange tells', () => {
    const world = newWorld()
    expect(world.on({ type: 'opened' })).toEqual([{ type: 'register', holds: [], anew: false }])
    world.hear({ type: 'welcome', heartbeatPeriodMs: 200, heartbeatThresholdMs: 900 })
    world.now = 199
    expect(world.on({ type: 'tick' })).toEqual([])
    world.now = 200
    expect(world.on({ type: 'tick' })).toEqual([{ type: 'beat' }])
    expect(world.on({ type: 'tick' })).toEqual([])
  })

  it('that hears nothing for the threshold kills its workers, then ends without a word', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1)] })
    world.now = 3_999
    expect(typesIn(world.on({ type: 'tick' }))).toEqual(['beat'])
    world.now = 4_000
    expect(world.on({ type: 'tick' })).toMatchObject([{ type: 'log' }, { type: 'endWorkers', graceMs: 0 }])
    expect(world.on({ type: 'closed' })).toMatchObject([{ type: 'exit', exitCode: 5, isHeard: false }])
    expect(world.on({ type: 'tick' })).toEqual([])
  })

  it('that stood still itself first reads what came meanwhile', () => {
    const world = newWorkingWorld()
    world.now = 1_000_000
    expect(typesIn(world.on({ type: 'tick' }))).toEqual(['beat'])
    // The time of one look has counted.
    world.now += 2_999
    expect(typesIn(world.on({ type: 'tick' }))).toEqual(['beat'])
    world.now += 1
    expect(typesIn(world.on({ type: 'tick' }))).toContain('endWorkers')
  })

  it('that always looks too late at the clock still finds out that nobody is there', () => {
    const world = newWorkingWorld()
    for (let look = 0; look < 4; look++) {
      expect(typesIn(world.on({ type: 'tick' }))).not.toContain('endWorkers')
      world.now += 60_000
    }
    expect(typesIn(world.on({ type: 'tick' }))).toContain('endWorkers')
  })

  it('that drains ends only when it has nothing left and nothing can be on its way', () => {
    const world = newWorkingWorld({ times: { drainAt: 500 } })
    world.now = 500
    expect(saidIn(world.on({ type: 'tick' }))).toEqual(['draining'])
    // It was sent before the interchange heard that we drain.
    expect(runsIn(world.hear({ type: 'tasks', tasks: [taskOf(1)] }))).toEqual([1])
    world.end(1)
    expect(saidIn(world.turn())).toEqual(['results'])
    expect(typesIn(world.hear({ type: 'drain' }))).toEqual(['log', 'endWorkers'])
    const last = world.on({ type: 'closed' })
    expect(last).toMatchObject([{ message: { type: 'bye' } }, { type: 'exit', exitCode: 0, isHeard: true }])
  })

  it('that is asked to end gives its workers grace, the second time none', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1), taskOf(2, { parts: ['x'] })] })
    const asked = { type: 'asked', why: 'SIGTERM', exitCode: 143 } as const
    expect(world.on(asked)).toMatchObject([{ type: 'log' }, { type: 'endWorkers', graceMs: 100 }])
    expect(world.on(asked)).toMatchObject([{ type: 'log' }, { type: 'endWorkers', graceMs: 0 }])
    // What comes now is given back.
    world.hear({ type: 'tasks', tasks: [taskOf(3)] })
    // Its own stop, and nobody else's, so the try is lost and not stopped.
    const result = { id: 1, ok: false, kind: 'stopped', ms: 0, payload: new Uint8Array(0) } as const
    world.on({ type: 'ended', result })
    const last = world.on({ type: 'closed' })
    expect(saidIn(last)).toEqual(['losses', 'bye'])
    expect(last[0]).toMatchObject({ message: { losses: [{ id: 2 }, { id: 3 }, { id: 1, cause: 'manager' }] } })
  })

  it('that ends still tells how tries ended that were in time', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1)] })
    world.on({ type: 'asked', why: 'SIGTERM', exitCode: 143 })
    world.end(1)
    expect(saidIn(world.on({ type: 'closed' }))).toEqual(['results', 'bye'])
  })

  it('drains before its block ends, and ends before it is ended', () => {
    const world = newWorkingWorld({ times: { endsAt: 3_000 } })
    world.now = 2_000
    expect(saidIn(world.on({ type: 'tick' }))).toEqual(['draining'])
    world.hear({ type: 'tasks', tasks: [taskOf(1)] })
    world.now = 2_500
    expect(world.on({ type: 'tick' }).at(-1)).toMatchObject({ type: 'endWorkers', graceMs: 100 })
  })

  it('that was forgotten registers anew with what it holds, asks again, and drains again', () => {
    const world = newWorkingWorld()
    world.hear({ type: 'tasks', tasks: [taskOf(1), taskOf(2, { parts: ['x'] })] })
    world.hear({ type: 'drain' })
    expect(world.on({ type: 'forgotten' })).toEqual([
      { type: 'register', holds: [1, 2], anew: true },
      { type: 'say', message: { type: 'wants', parts: ['x'] } },
      { type: 'say', message: { type: 'draining', why: 'it drained before' } },
    ])
    expect(world.state.isDrainKnown).toBe(false)
  })

  it('without workers gives up', () => {
    const world = newWorkingWorld()
    expect(world.on({ type: 'broken', why: 'no node' })).toMatchObject([{ type: 'log' }, { type: 'endWorkers' }])
    expect(world.on({ type: 'closed' }).at(-1)).toMatchObject({ type: 'exit', exitCode: 1, isHeard: true })
  })
})
