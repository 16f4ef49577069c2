/**
 * What a hundred thousand small calls cost through a pool: of one function of a module, beside piscina with its defaults and with as many threads; of as
 * many functions, each made where it is submitted, on threads and on processes; and in the program itself beside p-queue. Those of one kind take turns,
 * so that whatever else the machine does meets each. One JSON line a measure: medians of calls a second, from the first call to the last result.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { dataFlowKernel, inProcessExecutor } from '@parsl/core'
import { type ParslPoolExecutor, parslPoolExecutor } from '@parsl/core/concurrent'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import PQueue from 'p-queue'
import { Piscina } from 'piscina'
import { printer } from './output/printer.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const CALLS = Number(process.argv[2] ?? 100_000)
const WORKERS = 2
const ROUNDS = 5
const WARM_UP = Math.ceil(CALLS / 10)
/** Submissions a second of new functions that we must reach. */
const BAR = { name: 'bar', value: 5_000 }

type Call = (x: number) => PromiseLike<number>

const work = (x: number): number => x + 1

const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
const dfk = await dataFlowKernel({
  runDir,
  progress: false,
  executors: [
    threadPoolExecutor({ maxThreads: WORKERS, minThreads: WORKERS }),
    processPoolExecutor({ maxProcesses: WORKERS, minProcesses: WORKERS }),
    inProcessExecutor(),
  ],
})
const poolOn = (label: string): Promise<ParslPoolExecutor> => parslPoolExecutor({ dfk, executors: [label] })
const threads = await poolOn('threads')
const processes = await poolOn('processes')
const inProcess = await poolOn('inProcess')

const filename = fileURLToPath(new URL('peers/noop.mjs', import.meta.url))
const piscina = new Piscina<number, number>({ filename })
const piscinaOfTwo = new Piscina<number, number>({ filename, minThreads: WORKERS, maxThreads: WORKERS })
const queue = new PQueue()

const middleOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Calls a second. */
const rateOf = async (call: Call, count: number): Promise<number> => {
  const start = performance.now()
  const calls = Array.from<PromiseLike<number>>({ length: count })
  for (let index = 0; index < count; index++) calls[index] = call(index)
  await Promise.all(calls)
  return (count / (performance.now() - start)) * 1_000
}

const inTurns = async <Name extends string>(calls: Readonly<Record<Name, Call>>): Promise<Record<Name, number>> => {
  const entries = Object.entries(calls) as [Name, Call][]
  const rates = new Map(entries.map(([name]) => [name, [] as number[]]))
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, call] of entries) {
      const rate = await rateOf(call, round < 0 ? WARM_UP : CALLS)
      if (round >= 0) rates.get(name)?.push(rate)
    }
  }
  return Object.fromEntries(entries.map(([name]) => [name, middleOf(rates.get(name) ?? [])])) as Record<Name, number>
}

const heapUsed = (): number => {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** Bytes of the program's heap that stay for each function that was submitted, and let go of. */
const keptByArrows = async (): Promise<number> => {
  const before = heapUsed()
  for (let index = 0; index < CALLS; index++) void threads.submit(() => work(index))
  await dfk.waitForCurrentTasks()
  return (heapUsed() - before) / CALLS
}

const print = printer('pool', 3)

const module = await inTurns({
  ours: (x) => threads.submit(work, x),
  default: (x) => piscina.run(x),
  two: (x) => piscinaOfTwo.run(x),
})
print('module_function', module.ours, 'calls/s', { name: 'piscina', value: module.default })
print('module_function', module.ours, 'calls/s', { name: `piscina, ${WORKERS} threads`, value: module.two })

const arrows = await inTurns({
  threads: (x) => threads.submit(() => work(x)),
  processes: (x) => processes.submit(() => work(x)),
})
print('new_arrows_threads', arrows.threads, 'calls/s', BAR)
print('new_arrows_processes', arrows.processes, 'calls/s', BAR)
print('new_arrows_kept', await keptByArrows(), 'bytes/call')

const inside = await inTurns({
  module: (x) => inProcess.submit(work, x),
  arrows: (x) => inProcess.submit(() => work(x)),
  queue: (x) => queue.add(() => work(x)),
})
print('in_process_module_function', inside.module, 'calls/s', { name: 'p-queue', value: inside.queue })
print('in_process_new_arrows', inside.arrows, 'calls/s', { name: 'p-queue', value: inside.queue })

await Promise.all([piscina.destroy(), piscinaOfTwo.destroy()])
await dfk.close()
await rm(runDir, { recursive: true, force: true })
