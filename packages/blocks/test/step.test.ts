import type { BlockLimits, JobStatus } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { newState, PACE, viewsOf } from '../src/state.js'
import { type BlocksCommand, type BlocksEvent, step } from '../src/step.js'

const LIMITS: BlockLimits = { init: 1, min: 0, max: 10, parallelism: 1 }

/** Blocks whose time and events a test gives. */
const blocks = (limits: Partial<BlockLimits> = {}) => {
  const state = newState({ ...LIMITS, ...limits })
  let now = 1_000
  const hear = (event: BlocksEvent): readonly BlocksCommand[] => step(state, event, now)
  const polled = (statuses: Readonly<Record<string, JobStatus>>) =>
    hear({ type: 'polled', statuses: new Map(Object.entries(statuses)) })
  return {
    state,
    hear,
    polled,
    pass: (ms: number) => void (now += ms),
    /** Blocks that the batch system has; block 0 is job j0. */
    live: (count: number) => {
      hear({ type: 'asked', count })
      for (const { id, phase } of state.live.values())
        if (phase === 'submitting') hear({ type: 'submitted', block: id, job: `j${id}` })
    },
    connect: (...ids: readonly string[]) => ids.forEach((block) => hear({ type: 'connected', block })),
    tooMany: (count: number, more: Partial<Extract<BlocksEvent, { type: 'tooMany' }>> = {}) =>
      hear({ type: 'tooMany', count, idleMs: undefined, loads: new Map(), ...more }),
    states: () => viewsOf(state, new Map()).map(({ id, status }) => `${id} ${status.state}`),
    phases: () => [...state.live.values()].map(({ id, phase }) => `${id} ${phase}`),
  }
}

const types = (commands: readonly BlocksCommand[]) => commands.map(({ type }) => type)
const submits = (commands: readonly BlocksCommand[]) =>
  commands.flatMap((command) => (command.type === 'submit' ? [command.block] : []))

describe('asking for blocks', () => {
  it('numbers them from 0 and never uses a number again', () => {
    const state = blocks()
    state.live(2)
    state.connect('0', '1')
    state.polled({ j0: { state: 'completed' }, j1: { state: 'timeout' } })
    expect(submits(state.hear({ type: 'asked', count: 2 }))).toEqual(['2', '3'])
  })

  it('never has more than the most, those that are being ended included', () => {
    const { hear, live, tooMany } = blocks({ max: 3 })
    live(2)
    expect(submits(hear({ type: 'asked', count: 5 }))).toEqual(['2'])
    tooMany(2)
    expect(submits(hear({ type: 'asked', count: 5 }))).toEqual([])
  })

  it('awaits the answers of a few submissions at once, and goes on with each answer', () => {
    const { hear } = blocks({ max: 20 })
    expect(submits(hear({ type: 'asked', count: 20 }))).toHaveLength(PACE.atOnce)
    expect(submits(hear({ type: 'submitted', block: '0', job: 'j0' }))).toEqual([String(PACE.atOnce)])
  })

  it('makes a failed block of a refusal, with the reason', () => {
    const { hear, states, state } = blocks()
    hear({ type: 'asked', count: 1 })
    hear({ type: 'refused', block: '0', reason: 'no such queue' })
    expect(states()).toEqual(['0 failed'])
    expect(state.ended[0]?.status.message).toBe('no such queue')
  })

  it('drops answers for blocks that nobody waits for', () => {
    const { hear, live, states } = blocks()
    live(1)
    expect(hear({ type: 'submitted', block: '0', job: 'other' })).toEqual([])
    expect(hear({ type: 'refused', block: '7', reason: 'late' })).toEqual([])
    expect(hear({ type: 'connected', block: '7' })).toEqual([])
    expect(states()).toEqual(['0 pending'])
  })
})

describe('after a refusal', () => {
  it('nothing is asked for until a time has passed that doubles with each, up to a limit', () => {
    const { hear, pass, state } = blocks()
    const waits: number[] = []
    let now = 1_000
    for (let n = 0; n < 12; n++) {
      expect(submits(hear({ type: 'asked', count: 1 }))).toEqual([String(n)])
      hear({ type: 'refused', block: String(n), reason: 'no' })
      expect(hear({ type: 'asked', count: 1 })).toEqual([])
      const wait = state.notBefore - now
      waits.push(wait)
      pass(wait)
      now += wait
    }
    expect(waits.slice(0, 3)).toEqual([PACE.firstMs, 2 * PACE.firstMs, 4 * PACE.firstMs])
    expect(waits.at(-1)).toBe(PACE.mostMs)
  })

  it('those that were refused at the same time count as one', () => {
    const { hear, state } = blocks()
    hear({ type: 'asked', count: 5 })
    for (const block of ['0', '1', '2', '3', '4']) hear({ type: 'refused', block, reason: 'no' })
    expect(state.refusals).toBe(1)
    expect(state.notBefore).toBe(1_000 + PACE.firstMs)
  })

  it('what still waits is tried one at a time, and all together once one was taken', () => {
    const { hear, pass } = blocks({ max: 20 })
    hear({ type: 'asked', count: 12 })
    const commands = ['0', '1', '2', '3', '4', '5', '6', '7'].flatMap((block) =>
      hear({ type: 'refused', block, reason: 'no' }),
    )
    expect(submits(commands)).toEqual([])
    expect(commands.at(-1)).toEqual({ type: 'wake', at: 1_000 + PACE.firstMs })
    pass(PACE.firstMs)
    expect(submits(hear({ type: 'woken' }))).toEqual(['8'])
    expect(submits(hear({ type: 'submitted', block: '8', job: 'j8' }))).toEqual(['9', '10', '11'])
  })
})

describe('blocks that end before any of their workers connected', () => {
  it('are missing, with what the batch system said', () => {
    const { live, polled, state } = blocks()
    live(1)
    polled({ j0: { state: 'failed', message: 'exit code 3', exitCode: 3, outputTail: 'no such program' } })
    expect(state.ended[0]?.status).toEqual({
      state: 'missing',
      message: 'ended before any of its workers connected (failed: exit code 3)',
      exitCode: 3,
      outputTail: 'no such program',
    })
  })

  it('slow submissions down, and halve the number that may be on their way', () => {
    const { live, polled, hear, pass } = blocks({ max: 8 })
    live(4)
    const failed: JobStatus = { state: 'failed' }
    polled({ j0: failed, j1: failed, j2: failed, j3: failed })
    expect(hear({ type: 'asked', count: 8 })).toEqual([])
    pass(PACE.firstMs)
    expect(submits(hear({ type: 'asked', count: 8 }))).toEqual(['4', '5', '6', '7'])
    for (const block of ['4', '5', '6', '7']) hear({ type: 'submitted', block, job: `j${block}` })
    expect(submits(hear({ type: 'connected', block: '4' }))).toEqual(['8', '9', '10', '11'])
  })

  it('are not missing where they connected, or were to end', () => {
    const { live, connect, polled, states, tooMany } = blocks()
    live(3)
    connect('0', '1')
    tooMany(1)
    polled({ j0: { state: 'timeout' }, j1: { state: 'failed' }, j2: { state: 'cancelled' } })
    expect(states()).toEqual(['0 timeout', '1 failed', '2 scaledIn'])
  })
})

describe('what the batch system says', () => {
  it('is told when it is new', () => {
    const { live, polled } = blocks()
    live(1)
    expect(types(polled({ j0: { state: 'running' } }))).toEqual(['changed'])
    expect(polled({ j0: { state: 'running' } })).toEqual([])
  })

  it('changes nothing for blocks that it does not name', () => {
    const { live, polled, states } = blocks()
    live(2)
    polled({ j1: { state: 'running' }, other: { state: 'failed' } })
    expect(states()).toEqual(['0 pending', '1 running'])
  })

  it('leaves a block of which nothing is known where it is', () => {
    const { live, polled, states, phases } = blocks({ max: 1 })
    live(1)
    polled({ j0: { state: 'unknown' } })
    expect(states()).toEqual(['0 unknown'])
    expect(phases()).toEqual(['0 live'])
  })

  it('is unknown when it does not answer several times in a row', () => {
    const { live, hear, polled, states } = blocks()
    live(1)
    polled({ j0: { state: 'running' } })
    const failed = { type: 'pollFailed', reason: 'no answer' } as const
    hear(failed)
    hear(failed)
    expect(states()).toEqual(['0 running'])
    hear(failed)
    expect(states()).toEqual(['0 unknown'])
    polled({ j0: { state: 'running' } })
    expect(states()).toEqual(['0 running'])
  })
})

describe('removing blocks', () => {
  it('cancels at once what never connected, and drains the others first', () => {
    const { live, connect, tooMany, hear, phases } = blocks()
    live(3)
    connect('0')
    expect(tooMany(3)).toEqual([
      { type: 'drain', blocks: ['0'] },
      { type: 'cancel', blocks: ['2', '1'] },
    ])
    expect(phases()).toEqual(['0 draining', '1 cancelling', '2 cancelling'])
    expect(hear({ type: 'drained', blocks: ['0'] })).toEqual([{ type: 'cancel', blocks: ['0'] }])
  })

  it('keeps the least number', () => {
    const { live, tooMany } = blocks({ min: 2 })
    live(3)
    expect(tooMany(3)).toEqual([{ type: 'cancel', blocks: ['2'] }])
    expect(tooMany(3)).toEqual([])
  })

  it('forgets what was not submitted yet, and cancels what is being submitted once it is there', () => {
    const { hear, tooMany, states } = blocks({ max: 20 })
    hear({ type: 'asked', count: 9 })
    expect(types(tooMany(9))).toEqual(['changed'])
    expect(states()[8]).toBe('8 scaledIn')
    expect(types(hear({ type: 'submitted', block: '0', job: 'j0' }))).toEqual(['guard', 'changed', 'cancel'])
  })

  it('cancels again what is still there after a while, and soon what could not be cancelled', () => {
    const { live, tooMany, polled, pass, hear } = blocks()
    live(1)
    tooMany(1)
    const running = { j0: { state: 'running' } } as const
    expect(types(polled(running))).toEqual(['changed'])
    pass(PACE.cancelAgainMs)
    expect(polled(running)).toEqual([{ type: 'cancel', blocks: ['0'] }])
    hear({ type: 'cancelFailed', blocks: ['0'] })
    expect(polled(running)).toEqual([{ type: 'cancel', blocks: ['0'] }])
  })

  it('forgets a drain whose block has ended meanwhile', () => {
    const { live, connect, tooMany, polled, hear } = blocks()
    live(1)
    connect('0')
    tooMany(1)
    polled({ j0: { state: 'completed' } })
    expect(hear({ type: 'drained', blocks: ['0'] })).toEqual([])
  })
})

describe('closing', () => {
  it('ends every block, whatever it does, and takes no more', () => {
    const { live, connect, tooMany, hear, phases } = blocks({ max: 20 })
    live(3)
    connect('0', '1')
    tooMany(1, {
      loads: new Map([
        ['0', { tasks: 5, idleMs: 0 }],
        ['1', { tasks: 0, idleMs: 9 }],
      ]),
    })
    hear({ type: 'asked', count: 10 })
    const commands = hear({ type: 'closed' })
    const cancelled = commands.flatMap((command) => (command.type === 'cancel' ? command.blocks : []))
    expect(cancelled.toSorted()).toEqual(['0', '1'])
    expect(phases().filter((phase) => !/cancelling|submitting/.test(phase))).toEqual([])
    expect(hear({ type: 'asked', count: 1 })).toEqual([])
    expect(types(hear({ type: 'submitted', block: '3', job: 'j3' }))).toContain('cancel')
  })
})
