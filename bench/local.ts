/**
 * Threads and processes of this machine, and bodies in the program itself, side by side: how soon the first result is there, what a worker keeps in
 * memory, how long one task takes there and back, and how many do in a second. Each kind runs in a program of its own. One JSON line a kind: the best of
 * some runs, since other work on the machine only ever makes them worse; of memory the median.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, dataFlowKernel, inProcessExecutor } from '@parsl/core'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'

const WORKERS = 2
const MANY_WORKERS = 6
const ROUND_TRIPS = 2_000
const AT_ONCE = 20_000
const RUNS = 5
const MEBIBYTE = 2 ** 20

type Kind = 'inProcess' | 'threads' | 'processes'
type Measures = Record<'firstMs' | 'roundTripUs' | 'perSecond' | 'workerMiB', number>

type Executor = NonNullable<Config['executors']>[number]

const executors: Readonly<Record<Kind, (workers: number) => Executor>> = {
  inProcess: () => inProcessExecutor(),
  threads: (workers) => threadPoolExecutor({ maxThreads: workers, minThreads: workers }),
  processes: (workers) => processPoolExecutor({ maxProcesses: workers, minProcesses: workers }),
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Resident memory in bytes of this process and of those below it, what they share counted once. */
const residentBytes = (): number => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const isOurs = (pid: string): boolean => {
    try {
      const [, parent] = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      return Number(pid) === process.pid || Number(parent) === process.pid
    } catch {
      return false
    }
  }
  const shareOf = (pid: string): number => {
    const [, kilobytes] = /^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
    return Number(kilobytes) * 1_024
  }
  return pids.filter(isOurs).reduce((sum, pid) => sum + shareOf(pid), 0)
}

const plusOne = (n: number): number => n + 1

/** Memory of the program and its workers, once each of them has run a body. */
const memoryWith = async (kind: Kind, workers: number): Promise<number> => {
  const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
  const parsl = await dataFlowKernel({ executors: [executors[kind](workers)], runDir, progress: false })
  const hold = parsl.jsApp((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)))
  await Promise.all(Array.from({ length: workers }, () => hold(500)))
  const bytes = residentBytes()
  await parsl.close()
  await rm(runDir, { recursive: true })
  return bytes
}

const measure = async (kind: Kind): Promise<Measures> => {
  const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
  const start = performance.now()
  const parsl = await dataFlowKernel({ executors: [executors[kind](WORKERS)], runDir, progress: false })
  const app = parsl.jsApp(plusOne)
  await app(1)
  const firstMs = performance.now() - start

  for (let n = 0; n < AT_ONCE / 2; n += 1_000) await Promise.all(Array.from({ length: 1_000 }, (_, i) => app(i)))
  const trips: number[] = []
  for (let n = 0; n < ROUND_TRIPS; n++) {
    const before = performance.now()
    await app(n)
    trips.push((performance.now() - before) * 1_000)
  }
  const begin = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => app(n)))
  const perSecond = (AT_ONCE / (performance.now() - begin)) * 1_000
  await parsl.close()
  await rm(runDir, { recursive: true })

  const few = await memoryWith(kind, WORKERS)
  const many = kind === 'inProcess' ? few : await memoryWith(kind, MANY_WORKERS)
  const workerMiB = (many - few) / (MANY_WORKERS - WORKERS) / MEBIBYTE
  return { firstMs, roundTripUs: median(trips), perSecond, workerMiB }
}

const [, , kind] = process.argv
if (kind !== undefined) console.log(JSON.stringify(await measure(kind as Kind)))
else {
  const here = fileURLToPath(import.meta.url)
  for (const each of Object.keys(executors)) {
    const runs = Array.from(
      { length: RUNS },
      () => JSON.parse(execFileSync(process.execPath, [here, each], { encoding: 'utf8' })) as Measures,
    )
    const of = (name: keyof Measures, choose: (values: readonly number[]) => number): number =>
      Number(choose(runs.map((run) => run[name])).toPrecision(3))
    const least = (values: readonly number[]): number => Math.min(...values)
    const most = (values: readonly number[]): number => Math.max(...values)
    const best: Measures = {
      firstMs: of('firstMs', least),
      roundTripUs: of('roundTripUs', least),
      perSecond: of('perSecond', most),
      workerMiB: of('workerMiB', median),
    }
    console.log(JSON.stringify({ kind: each, ...best }))
  }
}
