/**
 * What a task costs that does nothing, on threads and on processes of this machine, beside other pools with as many workers; and what a shared value of
 * 1 MB costs beside the same value sent with each task. All take turns, so that whatever else the machine does meets each. One JSON line a measure.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFlowKernel, share } from '@parsl/core'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import { Piscina } from 'piscina'
import { Tinypool } from 'tinypool'
import workerpool from 'workerpool'

const WORKERS = Number(process.argv[2] ?? 2)
const WARM_UP = 12
const ROUNDS = 15
const TASKS = 4_000
const TRIPS = 400

type Call = (x: number) => PromiseLike<unknown>

interface Pool {
  readonly name: string
  /** What the ratio is to. */
  readonly peer: string | undefined
  readonly call: Call
  end(): Promise<unknown>
}

const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
const noop = (x: number): number => x
const parsl = await dataFlowKernel({
  runDir,
  progress: false,
  executors: [threadPoolExecutor({ maxThreads: WORKERS }), processPoolExecutor({ maxProcesses: WORKERS })],
})
const filename = fileURLToPath(new URL('peers/noop.mjs', import.meta.url))
const script = fileURLToPath(new URL('peers/workerpool.mjs', import.meta.url))

const ours = (label: string, peer: string): Pool => ({
  name: label,
  peer,
  call: parsl.jsApp(noop, { executors: [label] }),
  end: async () => {},
})

const piscina = (name: string, concurrentTasksPerWorker: number): Pool => {
  const pool = new Piscina({ filename, minThreads: WORKERS, maxThreads: WORKERS, concurrentTasksPerWorker })
  return { name, peer: undefined, call: (x) => pool.run(x), end: () => pool.destroy() }
}

const tinypool = (): Pool => {
  const pool = new Tinypool({ filename, minThreads: WORKERS, maxThreads: WORKERS })
  return { name: 'tinypool', peer: undefined, call: (x) => pool.run(x), end: () => pool.destroy() }
}

const workerpoolOf = (name: string, workerType: 'thread' | 'process'): Pool => {
  const pool = workerpool.pool(script, { minWorkers: WORKERS, maxWorkers: WORKERS, workerType })
  return { name, peer: undefined, call: (x) => pool.exec('noop', [x]), end: async () => pool.terminate() }
}

const pools: readonly Pool[] = [
  ours('threads', 'piscina'),
  piscina('piscina', 1),
  piscina('piscina, 50 per worker', 50),
  tinypool(),
  workerpoolOf('workerpool, threads', 'thread'),
  ours('processes', 'workerpool, processes'),
  workerpoolOf('workerpool, processes', 'process'),
]

const middleOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Tasks a second, all submitted at once. */
const throughput = async (call: Call): Promise<number> => {
  const start = performance.now()
  await Promise.all(Array.from({ length: TASKS }, (_, index) => call(index)))
  return (TASKS / (performance.now() - start)) * 1_000
}

/** Median microseconds from a call to its result, one after the other. */
const roundTrip = async (call: Call): Promise<number> => {
  const times: number[] = []
  for (let trip = 0; trip < TRIPS; trip++) {
    const start = performance.now()
    await call(trip)
    times.push((performance.now() - start) * 1_000)
  }
  return middleOf(times)
}

/** The median of each pool's rounds, after those that warm it up. */
const inTurns = async (measure: (call: Call) => Promise<number>): Promise<ReadonlyMap<string, number>> => {
  const found = new Map(pools.map(({ name }) => [name, [] as number[]]))
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const { name, call } of pools) {
      const value = await measure(call)
      if (round >= 0) found.get(name)?.push(value)
    }
  }
  return new Map([...found].map(([name, values]) => [name, middleOf(values)]))
}

const print = (facts: object): void => console.log(JSON.stringify(facts))
const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits))

const report = (measure: string, unit: string, found: ReadonlyMap<string, number>): void => {
  for (const { name, peer } of pools) {
    const value = found.get(name) ?? 0
    const beside = peer === undefined ? {} : { peer, ratio: rounded(value / (found.get(peer) ?? 1), 2) }
    print({ measure, pool: name, workers: WORKERS, [unit]: rounded(value), ...beside })
  }
}

const megabyte = new Uint8Array(1_000_000).fill(7)

/** Tasks a second that take a value of 1 MB. */
const withMegabyte = async (label: string, value: never, tasks: number): Promise<number> => {
  const app = parsl.jsApp((bytes: Uint8Array, index: number) => bytes[index], { executors: [label] })
  await app(value, 0)
  const start = performance.now()
  await Promise.all(Array.from({ length: tasks }, (_, index) => app(value, index)))
  return (tasks / (performance.now() - start)) * 1_000
}

report('throughput_noop', 'perSecond', await inTurns(throughput))
report('rtt_p50', 'microseconds', await inTurns(roundTrip))
await Promise.all(pools.map(({ end }) => end()))
const shared = share(megabyte)
for (const label of ['threads', 'processes']) {
  const [sharedRate, plainRate] = [
    await withMegabyte(label, shared as never, 2_000),
    await withMegabyte(label, megabyte as never, 200),
  ]
  const ratio = rounded(sharedRate / plainRate, 1)
  print({
    measure: 'share_1mb',
    pool: label,
    perSecond: rounded(sharedRate),
    plainPerSecond: rounded(plainRate),
    ratio,
  })
}
await parsl.close()
await rm(runDir, { recursive: true, force: true })
