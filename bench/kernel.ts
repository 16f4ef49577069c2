/**
 * What the kernel itself costs, with the in-process executor and bodies that do nothing, beside a loop of bare promises that does the same work: calls an
 * async function and awaits them all. One JSON line a measure.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { dataFlowKernel, inProcessExecutor } from '@parsl/core'
import { printer } from './output/printer.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const SMALL = 10_000
const LARGE = 1_000_000
const WARM_UP = 50
const ROUNDS = 100
const LARGE_ROUNDS = 3

const body = (x: number): number => x + 1
const bare = async (x: number | Promise<number>): Promise<number> => body(await x)

const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
const parsl = await dataFlowKernel({ runDir, progress: false, executors: [inProcessExecutor()] })
const app = parsl.jsApp(body)

type Call = (x: number) => PromiseLike<number>

const atOnce = async (call: Call, count: number): Promise<void> => {
  const calls = Array.from<PromiseLike<number>>({ length: count })
  for (let index = 0; index < count; index++) calls[index] = call(index)
  await Promise.all(calls)
}

const inWaves = async (call: Call, count: number): Promise<void> => {
  for (let done = 0; done < count; done += SMALL) await atOnce(call, SMALL)
}

/** Microseconds a call. */
const cost = async (work: (call: Call, count: number) => Promise<void>, call: Call, count: number): Promise<number> => {
  const start = performance.now()
  await work(call, count)
  return ((performance.now() - start) * 1_000) / count
}

/** Of all calls of all rounds: a round in which garbage is collected counts like the others. */
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Microseconds a call. */
interface Costs {
  readonly ours: number
  readonly promises: number
}

const meanOf = (costs: readonly Costs[]): Costs => ({
  ours: mean(costs.map(({ ours }) => ours)),
  promises: mean(costs.map(({ promises }) => promises)),
})

/** Ours and the bare promises in turns, so that whatever else the machine does meets both. */
const sideBySide = async (
  rounds: number,
  work: (call: Call, count: number) => Promise<void>,
  count: number,
): Promise<Costs> => {
  const ours: number[] = []
  const promises: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await cost(work, app, count))
    promises.push(await cost(work, bare, count))
  }
  return { ours: mean(ours), promises: mean(promises) }
}

const heapUsed = (): number => {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** Bytes that stay for each finished task, with its future held or dropped. */
const kept = async (hold: boolean): Promise<number> => {
  const count = 200_000
  const nothing = Promise.resolve(0)
  const futures: PromiseLike<number>[] = hold ? Array.from({ length: count }, () => nothing) : []
  const before = heapUsed()
  for (let index = 0; index < count; index++) {
    const future = app(index)
    if (hold) futures[index] = future
  }
  await parsl.waitForCurrentTasks()
  const bytes = (heapUsed() - before) / count
  return futures.length === (hold ? count : 0) ? bytes : NaN
}

const print = printer('kernel', 4)

await sideBySide(WARM_UP, atOnce, SMALL)
const keptDropped = await kept(false)
const keptHeld = await kept(true)
// Few and many in turns, so that the ratio of their costs is that of the same minutes.
const few: Costs[] = []
const many: Costs[] = []
for (let round = 0; round < LARGE_ROUNDS; round++) {
  few.push(await sideBySide(ROUNDS, atOnce, SMALL))
  many.push(await sideBySide(1, inWaves, LARGE))
}
few.push(await sideBySide(ROUNDS, atOnce, SMALL))
const small = meanOf(few)
const large = meanOf(many)
const largeAtOnce = await sideBySide(LARGE_ROUNDS, atOnce, LARGE)

print('promise_loop', small.promises, 'us/call')
print('task_cost_10k', small.ours, 'us/task', { name: 'promises', value: small.promises })
print('task_cost_1m', large.ours, 'us/task', { name: 'promises', value: large.promises })
print('task_cost_1m_at_once', largeAtOnce.ours, 'us/task', { name: 'promises', value: largeAtOnce.promises })
print('flatness', large.ours / small.ours, 'ratio 1m/10k', { name: 'promises', value: large.promises / small.promises })
print('kept_dropped', keptDropped, 'bytes/task')
print('kept_held', keptHeld, 'bytes/task')

await parsl.close()
await rm(runDir, { recursive: true, force: true })
