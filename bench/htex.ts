/**
 * What a task costs that does nothing, on the high-throughput executor (encrypted, and not), beside processes without an interchange and beside piscina,
 * with as many workers each. All take turns, so that whatever else the machine does meets each. One JSON line a measure; every result is checked.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFlowKernel } from '@parsl/core'
import { highThroughputExecutor } from '@parsl/executor-htex'
import { processPoolExecutor } from '@parsl/executor-local'
import { Piscina } from 'piscina'
import { printer } from './output/printer.ts'

const WORKERS = Number(process.argv[2] ?? 2)
const TASKS = Number(process.argv[3] ?? 10_000)
/** Tasks that lie with a manager ahead of their time. */
const PREFETCH = 1_000
const WARM_UP = 3
const ROUNDS = 7
const TRIPS = 300

type Call = (x: number) => PromiseLike<unknown>

const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
const htex = (label: string, encrypted: boolean) =>
  highThroughputExecutor({
    label,
    encrypted,
    maxWorkersPerNode: WORKERS,
    coresPerWorker: Math.min(1, 1 / WORKERS),
    prefetch: PREFETCH,
  })
const parsl = await dataFlowKernel({
  runDir,
  progress: false,
  log: false,
  executors: [htex('htex', true), htex('htex-plain', false), processPoolExecutor({ maxProcesses: WORKERS })],
})
const piscina = new Piscina({
  filename: fileURLToPath(new URL('peers/noop.mjs', import.meta.url)),
  minThreads: WORKERS,
  maxThreads: WORKERS,
})

const ours = (label: string): Call => parsl.jsApp((x: number): number => x, { executors: [label] })
const calls: Readonly<Record<string, Call>> = {
  htex: ours('htex'),
  'htex-plain': ours('htex-plain'),
  processes: ours('processes'),
  piscina: (x) => piscina.run(x),
}

let next = 0

const check = (sent: number, got: unknown): void => {
  if (got !== sent) throw new Error(`sent ${sent} and got ${String(got)}`)
}

/** Tasks a second, all submitted at once. */
const throughput = async (call: Call): Promise<number> => {
  const first = next
  next += TASKS
  const start = performance.now()
  const results = await Promise.all(Array.from({ length: TASKS }, (_, index) => call(first + index)))
  const perSecond = (TASKS / (performance.now() - start)) * 1_000
  for (const [index, result] of results.entries()) check(first + index, result)
  return perSecond
}

/** Milliseconds from a call to its result, one after the other. */
const roundTrips = async (call: Call): Promise<readonly number[]> => {
  const times: number[] = []
  for (let trip = 0; trip < TRIPS; trip++) {
    const sent = next++
    const start = performance.now()
    check(sent, await call(sent))
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
const best = (values: readonly number[]): number => Math.max(...values)
const least = (values: readonly number[]): number => Math.min(...values)

interface Rounds {
  readonly perSecond: number[]
  readonly p50: number[]
  readonly p95: number[]
}

const found = new Map<string, Rounds>(Object.keys(calls).map((name) => [name, { perSecond: [], p50: [], p95: [] }]))
for (let round = -WARM_UP; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(calls)) {
    const perSecond = await throughput(call)
    const trips = await roundTrips(call)
    if (round < 0) continue
    found.get(name)?.perSecond.push(perSecond)
    found.get(name)?.p50.push(quantile(trips, 0.5))
    found.get(name)?.p95.push(quantile(trips, 0.95))
  }
}

const print = printer('htex', 3)
// The best of all rounds: other work on the machine only ever makes them worse.
const measures = {
  throughput_noop: { unit: 'tasks/s', of: ({ perSecond }: Rounds) => best(perSecond) },
  rtt_p50: { unit: 'ms', of: ({ p50 }: Rounds) => least(p50) },
  rtt_p95: { unit: 'ms', of: ({ p95 }: Rounds) => least(p95) },
}
const valueOf = (name: string, of: (rounds: Rounds) => number): number => of(found.get(name) as Rounds)

console.log(
  JSON.stringify({
    bench: 'htex',
    workers: WORKERS,
    tasks: TASKS,
    prefetch: PREFETCH,
    node: process.version,
    piscina: (createRequire(import.meta.url)('piscina/package.json') as { version: string }).version,
  }),
)
for (const [measure, { unit, of }] of Object.entries(measures)) {
  for (const name of ['htex', 'htex-plain'])
    for (const peer of ['processes', 'piscina'])
      print(`${measure}${name === 'htex' ? '' : '_plain'}`, valueOf(name, of), unit, {
        name: peer,
        value: valueOf(peer, of),
      })
}
print('encryption_ratio', valueOf('htex', measures.throughput_noop.of), 'tasks/s', {
  name: 'htex without encryption',
  value: valueOf('htex-plain', measures.throughput_noop.of),
})
await piscina.destroy()
await parsl.close()
await rm(runDir, { recursive: true, force: true })
