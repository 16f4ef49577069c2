import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Scratch, scratch } from '@parsl/testing'
import { FINAL_STATES, type TaskState } from '@parsl/interfaces'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Disturbances, evaluate, type Outcome } from './oracle.js'
import { anyDag, type Dag, type TaskPlan } from './plan.js'
import { type Instance, World } from './world.js'

/** How many programs each test tries. */
const RUNS = Number(process.env['PARSL_TEST_RUNS'] ?? 700)
const GUARD_MS = 200 * RUNS

let folder: Scratch
beforeAll(async () => {
  folder = await scratch()
})
afterAll(() => folder[Symbol.asyncDispose](), GUARD_MS)

/** Numbers from 0 up to 1 that fast-check draws. */
type Draw = () => number

const draws = fc
  .infiniteStream(fc.noBias(fc.nat(999_999)))
  .map((stream) => (): number => Number(stream.next().value) / 1e6)

const oneOf = <T>(draw: Draw, list: readonly T[]): T | undefined => list[Math.floor(draw() * list.length)]

/** What may be done to a program from outside, now. */
const disturb = (world: World, draw: Draw): void => {
  const open = [...world.instances.values()].filter(({ future }) => !future.isSettled)
  const chance = draw()
  if (chance < 0.05) void world.close()
  else if (chance < 0.15) world.abort()
  else if (open.length > 0) world.cancel((oneOf(draw, open) as Instance).future)
}

const PATIENCE = 50

const storyOf = (world: World): string =>
  [...world.instances.values()]
    .filter(({ future }) => !future.isSettled)
    .map(({ key, future }) => `${key} is ${future.state}`)
    .join('\n')

/** Lets time pass where nothing else can happen. Fails where nothing ever will. */
const goOn = async (world: World, idle: number): Promise<void> => {
  await nextTurn()
  if (idle < 5) return
  const wait = world.clock.untilNext()
  if (wait !== undefined) world.clock.advance(wait)
  else if (idle > PATIENCE) throw new Error(`nothing is left that could happen, and\n${storyOf(world)}`)
}

/** Makes one drawn move after the other until nothing is left to happen. */
const play = async (world: World, draw: Draw, isDisturbed: boolean): Promise<void> => {
  let idle = 0
  let disturbances = isDisturbed ? 1 + Math.floor(draw() * 6) : 0
  for (;;) {
    const moves = world.moves()
    if (moves.length === 0 && world.allSettled && idle > 2) return
    idle = moves.length === 0 ? idle + 1 : 0
    const chance = draw()
    if (chance < 0.1) oneOf(draw, oneOf(draw, world.fakes)?.noises() ?? [])?.()
    else if (chance < 0.15) world.clock.advance(draw() * 1_500)
    else if (chance < 0.25 && disturbances-- > 0) disturb(world, draw)
    else if (moves.length > 0) oneOf(draw, moves)?.()
    else await goOn(world, idle)
    if (draw() < 0.5) await nextTurn()
  }
}

const hasTakenLongerThan = ({ submittedAt, settledAt }: Instance, ms: number | undefined): boolean =>
  ms !== undefined && (settledAt as number) - submittedAt >= ms

const disturbancesOf = (world: World): Disturbances => {
  const keysOf = (isSo: (instance: Instance) => boolean): ReadonlySet<string> =>
    new Set([...world.instances.values()].filter(isSo).map(({ key }) => key))
  return {
    stopped: world.stopped,
    timedOut: keysOf((one) => one.plan.type === 'js' && hasTakenLongerThan(one, one.plan.timeoutMs)),
    overran: keysOf((one) => one.plan.type === 'js' && hasTakenLongerThan(one, one.plan.walltimeMs)),
    wasClosed: world.isClosed,
    mayBeAbandoned: world.mayBeAbandoned,
  }
}

/** A future ended as the oracle permits. */
const checkOutcome = async (world: World, instance: Instance, permitted: Outcome | undefined): Promise<void> => {
  const { key, future } = instance
  if (!permitted) throw new Error(`${key} was not to be called`)
  const settlement = await future.settled()
  if (settlement.ok) {
    expect(permitted.value, `${key} has a value, and may only fail: ${[...permitted.errors].join(', ')}`).toBeDefined()
    expect(settlement.value, key).toEqual(permitted.value?.is)
  } else {
    const error = world.describe(settlement.error)
    expect([...permitted.errors], `${key} failed: ${error}`).toContain(error)
  }
}

/** A task's body ran as often as it may. */
const checkRuns = (world: World, { key, plan, runsWhenStopped }: Instance): void => {
  const runs = world.runs.get(key) ?? []
  const losses = plan.type === 'js' ? plan.infrastructureRetries : 0
  expect(runs.length, `${key} ran`).toBeLessThanOrEqual(1 + plan.retries + losses)
  expect(runs, `${key} ran`).toEqual([...new Set(runs)].toSorted((a, b) => a - b))
  if (runsWhenStopped !== undefined) expect(runs.length, `${key} ran after it was stopped`).toBe(runsWhenStopped)
}

const NEXT: Readonly<Record<string, readonly TaskState[]>> = {
  pending: ['launched', 'failed', 'depFail', 'cancelled'],
  launched: ['running', 'execDone', 'failed', 'cancelled', 'failRetryable'],
  running: ['joining', 'execDone', 'failed', 'cancelled', 'failRetryable'],
  joining: ['execDone', 'failed', 'cancelled'],
  failRetryable: ['pending', 'failed', 'cancelled'],
}

/** Monitoring heard of each step of each task, and of one end. */
const checkEvents = (world: World): void => {
  const seen = new Map<number, TaskState>()
  for (const event of world.events) {
    if (event.type !== 'task') continue
    const before = seen.get(event.taskId)
    const allowed = before === undefined ? ['pending'] : (NEXT[before] ?? [])
    expect(allowed, `task ${event.taskId}, after ${before}`).toContain(event.state)
    seen.set(event.taskId, event.state)
  }
  expect(seen.size).toBe(world.kernel.taskCount)
  expect([...seen.values()].every((state) => FINAL_STATES.has(state))).toBe(true)
}

const checkCounts = async (world: World): Promise<void> => {
  const closedBefore = world.isClosed
  const { counts, droppedReports } = await world.close()
  const futures = [...[...world.instances.values()].map(({ future }) => future), ...world.picks]
  const tally: Partial<Record<TaskState, number>> = {}
  for (const { state } of futures) tally[state] = (tally[state] ?? 0) + 1
  expect(Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))).toEqual(tally)
  expect(world.kernel.taskCount).toBe(futures.length)
  expect(world.kernel.tasks).toEqual([])
  const noise = world.fakes.reduce((sum, fake) => sum + fake.dropped(), 0)
  // What comes after the summary was made is in none.
  if (closedBefore) expect(droppedReports).toBeLessThanOrEqual(noise)
  else expect(droppedReports).toBe(noise)
}

const check = async (world: World, dag: Dag): Promise<void> => {
  const disturbances = disturbancesOf(world)
  const { stopped, timedOut, overran, wasClosed } = disturbances
  const isDisturbed = wasClosed || stopped.size + timedOut.size + overran.size > 0
  const permitted = evaluate(dag, disturbances)
  for (const instance of world.instances.values()) {
    await checkOutcome(world, instance, permitted.get(instance.key))
    checkRuns(world, instance)
  }
  if (!isDisturbed) {
    for (const [key, { runs }] of permitted) expect(world.runs.get(key)?.length ?? 0, `${key} ran`).toBe(runs)
    expect([...world.instances.keys()].toSorted()).toEqual([...permitted.keys()].toSorted())
  }
  await checkCounts(world)
  checkEvents(world)
}

const withoutLimits = (plan: TaskPlan): TaskPlan =>
  plan.type === 'js'
    ? { ...plan, timeoutMs: undefined, walltimeMs: undefined }
    : { ...plan, inner: plan.inner.map(withoutLimits) }

it(
  'gives every task of any program the outcome of a sequential evaluation, in whatever order executors end tries and whatever else they report',
  async () => {
    expect.hasAssertions()
    await fc.assert(
      fc.asyncProperty(anyDag, draws, async ({ tasks, backoff }, draw) => {
        const dag = { backoff, tasks: tasks.map(withoutLimits) }
        const world = await new World(dag).start(folder.path)
        await play(world, draw, false)
        await check(world, dag)
      }),
      { numRuns: RUNS },
    )
  },
  GUARD_MS,
)

it(
  'settles every task of any program as it may end when some are cancelled, run out of time, or lose their kernel at any moment',
  async () => {
    expect.hasAssertions()
    await fc.assert(
      fc.asyncProperty(anyDag, draws, async (dag, draw) => {
        const world = await new World(dag).start(folder.path)
        await play(world, draw, true)
        await check(world, dag)
      }),
      { numRuns: RUNS },
    )
  },
  GUARD_MS,
)
