import { ok } from 'node:assert/strict'
import { type BlockLimits, FINAL_JOB_STATES, type JobId, type JobStatus } from '@parsl/interfaces'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type BlockLoad, type BlocksState, newState, PACE, viewsOf } from '../src/state.js'
import { type BlocksCommand, type BlocksEvent, step } from '../src/step.js'

/** What becomes of a block. */
type Fate = 'refused' | 'diesEarly' | 'works' | 'neverStarts' | 'deafToCancel'

type Act =
  | { readonly do: 'ask' | 'remove'; readonly count: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'answer' | 'look' | 'lookInVain' | 'connect' | 'drained' }
  | { readonly do: 'endOne'; readonly pick: number }

/** A batch system and an executor that do what a plan says, and the invariants that hold all the while. */
class World {
  readonly state: BlocksState
  readonly jobs = new Map<JobId, JobStatus>()
  readonly asked = new Set<string>()
  readonly ended = new Map<string, number>()
  readonly draining = new Set<string>()
  readonly submitsAt: number[] = []
  /** Blocks whose submission is not answered yet. */
  readonly #asking: string[] = []
  readonly #fates: readonly Fate[]
  now = 1_000

  constructor(limits: BlockLimits, fates: readonly Fate[]) {
    this.state = newState(limits)
    this.#fates = fates
  }

  fateOf(block: string): Fate {
    return this.#fates[Number(block) % this.#fates.length] ?? 'works'
  }

  hear(event: BlocksEvent): void {
    const commands = step(this.state, event, this.now)
    for (const block of this.state.live.keys()) this.asked.add(block)
    ok(this.state.live.size <= this.state.limits.max, 'more blocks than there may be')
    const submits = commands.some(({ type }) => type === 'submit')
    ok(!submits || this.now >= this.state.notBefore, 'something was submitted that had to wait')
    for (const command of commands) this.#perform(command)
  }

  #perform(command: BlocksCommand): void {
    if (command.type === 'submit') {
      this.submitsAt.push(this.now)
      this.#asking.push(command.block)
    }
    if (command.type === 'drain') for (const block of command.blocks) this.draining.add(block)
    if (command.type === 'cancel') this.#cancel(command.blocks)
    if (command.type === 'changed' && command.ended) {
      const { id } = command.record
      this.ended.set(id, (this.ended.get(id) ?? 0) + 1)
    }
  }

  #answer(block: string): void {
    if (this.fateOf(block) === 'refused') return this.hear({ type: 'refused', block, reason: 'no' })
    const job = `j${block}`
    this.jobs.set(job, this.fateOf(block) === 'diesEarly' ? { state: 'failed' } : { state: 'running' })
    this.hear({ type: 'submitted', block, job })
  }

  /** The batch system answers, one after the other. */
  answerAll(): void {
    for (let block = this.#asking.shift(); block !== undefined; block = this.#asking.shift()) this.#answer(block)
  }

  #cancel(blocks: readonly string[]): void {
    const deaf = blocks.filter((block) => this.fateOf(block) === 'deafToCancel')
    if (deaf.length > 0) this.hear({ type: 'cancelFailed', blocks: deaf })
    for (const block of blocks) if (!deaf.includes(block)) this.jobs.set(`j${block}`, { state: 'cancelled' })
  }

  wanted(): number {
    return [...this.state.live.values()].filter(({ unwanted }) => !unwanted).length
  }

  look(): void {
    this.hear({ type: 'polled', statuses: new Map(this.jobs) })
  }

  act(act: Act): void {
    switch (act.do) {
      case 'ask':
        return this.hear({ type: 'asked', count: act.count })
      case 'remove': {
        const before = this.wanted()
        const loads = new Map<string, BlockLoad>()
        for (const { id, connected } of this.state.live.values()) if (connected) loads.set(id, { tasks: 0, idleMs: 1 })
        this.hear({ type: 'tooMany', count: act.count, idleMs: undefined, loads })
        return ok(this.wanted() >= Math.min(before, this.state.limits.min), 'fewer blocks than the least')
      }
      case 'pass':
        this.now += act.ms
        return this.hear({ type: 'woken' })
      case 'answer':
        return this.answerAll()
      case 'look':
        return this.look()
      case 'lookInVain':
        return this.hear({ type: 'pollFailed', reason: 'no answer' })
      case 'connect':
        for (const { id, phase } of this.state.live.values())
          if (phase === 'live' && this.fateOf(id) === 'works') this.hear({ type: 'connected', block: id })
        return
      case 'drained': {
        const blocks = [...this.draining]
        this.draining.clear()
        return this.hear({ type: 'drained', blocks })
      }
      case 'endOne': {
        const job = [...this.jobs.keys()].at(act.pick % (this.jobs.size || 1))
        if (job !== undefined) this.jobs.set(job, { state: act.pick % 2 ? 'completed' : 'timeout' })
      }
    }
  }
}

const limits = fc
  .record({ min: fc.nat(3), more: fc.nat(12) })
  .map(({ min, more }): BlockLimits => ({ init: 1, min, max: Math.max(1, min + more), parallelism: 1 }))
const fates = fc.array(fc.constantFrom<Fate>('refused', 'diesEarly', 'works', 'neverStarts', 'deafToCancel'), {
  minLength: 1,
  maxLength: 12,
})
const acts = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('ask' as const, 'remove' as const), count: fc.nat(15) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(20_000) }),
    fc.record({
      do: fc.constantFrom(
        'answer' as const,
        'look' as const,
        'lookInVain' as const,
        'connect' as const,
        'drained' as const,
      ),
    }),
    fc.record({ do: fc.constant('endOne' as const), pick: fc.nat(100) }),
  ),
  { maxLength: 80 },
)

it('whatever happens: never above the most, never below the least by our own doing, and every block ends known, once', () => {
  fc.assert(
    fc.property(limits, fates, acts, (given, fate, plan) => {
      const world = new World(given, fate)
      for (const act of plan) world.act(act)
      world.hear({ type: 'closed' })
      world.answerAll()
      for (const job of world.jobs.keys()) world.jobs.set(job, { state: 'cancelled' })
      world.look()
      expect([...world.state.live.keys()]).toEqual([])
      expect([...world.ended.keys()].toSorted()).toEqual([...world.asked].toSorted())
      expect(new Set(world.ended.values())).toEqual(new Set(world.asked.size > 0 ? [1] : []))
      for (const { status } of viewsOf(world.state, new Map())) expect(FINAL_JOB_STATES.has(status.state)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it('blocks that are all refused, or all die early, never make a storm, however often they are asked for', () => {
  fc.assert(
    fc.property(
      limits,
      fc.constantFrom<Fate>('refused', 'diesEarly'),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 50, maxLength: 200 }),
      (given, fate, waits) => {
        const world = new World(given, [fate])
        for (const ms of waits) {
          world.act({ do: 'ask', count: 15 })
          world.answerAll()
          world.look()
          world.act({ do: 'pass', ms })
        }
        const rounds = new Set(world.submitsAt).size
        const passed = world.now - 1_000
        // The waits add up to firstMs * (2^n - 1) after n rounds, until they have come to the longest.
        const most = Math.log2(passed / PACE.firstMs + 1) + passed / PACE.mostMs + 2
        expect(rounds).toBeLessThanOrEqual(most)
        // The first round may be as large as there may be blocks, and each further one half of the one before.
        const perRound = fate === 'refused' ? PACE.atOnce + rounds : 2 * given.max + rounds
        expect(world.submitsAt.length).toBeLessThanOrEqual(perRound)
      },
    ),
    { numRuns: 200 },
  )
})
