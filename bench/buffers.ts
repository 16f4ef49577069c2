/**
 * What a buffer of 64 MB costs as an argument, as a result, and shared: copied, given up and in place, on threads and on processes of this machine, beside
 * piscina with and without its transfer lists. Milliseconds from the call to the result, the least of
 * rounds in which all take turns, since other work on the machine only ever adds to it. Results are filled in their bodies, for which all pay alike. One
 * JSON line a measure.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFlowKernel, share, transfer } from '@parsl/core'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import { Piscina } from 'piscina'
import { printer } from './output/printer.ts'

const WORKERS = 2
const SIZE = 64 * 2 ** 20
const WARM_UP = 2
const ROUNDS = 9
const READS = 50

const print = printer('buffers', 3)
const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
const parsl = await dataFlowKernel({
  runDir,
  progress: false,
  executors: [
    threadPoolExecutor({ minThreads: WORKERS, maxThreads: WORKERS }),
    processPoolExecutor({ minProcesses: WORKERS, maxProcesses: WORKERS }),
  ],
})
const filename = fileURLToPath(new URL('peers/buffers.mjs', import.meta.url))
const piscina = new Piscina({ filename, minThreads: WORKERS, maxThreads: WORKERS })

const on = (label: string) => {
  const options = { executors: [label] }
  return {
    length: parsl.jsApp((bytes: Uint8Array) => bytes.length, options),
    last: parsl.jsApp((bytes: Uint8Array) => bytes.at(-1), options),
    make: parsl.jsApp((size: number) => new Uint8Array(size).fill(1), options),
    makeMoved: parsl.jsApp((size: number) => transfer(new Uint8Array(size).fill(1)), options),
  }
}
const threads = on('threads')
const processes = on('processes')

/** What is timed: of a buffer that is made before the clock starts. */
type Way = (bytes: Uint8Array<ArrayBuffer>) => PromiseLike<unknown>
type Ways = Readonly<Record<string, Way>>

const inTurns = async (ways: Ways): Promise<(name: string) => number> => {
  const found = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]))
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const bytes = new Uint8Array(SIZE).fill(1)
      const start = performance.now()
      await way(bytes)
      if (round >= 0) found.get(name)?.push(performance.now() - start)
    }
  }
  return (name) => Math.min(...(found.get(name) ?? []))
}

/** Measures ways, and prints each beside its peer. */
const compare = async (measure: string, ways: Ways, peers: Readonly<Record<string, string>>): Promise<void> => {
  const least = await inTurns(ways)
  for (const [name, peer] of Object.entries(peers))
    print(`${measure}: ${name}`, least(name), 'ms', { name: peer, value: least(peer) })
}

/** As many tasks at once as there are workers, then many more. */
const reads = async (read: (index: number) => PromiseLike<unknown>): Promise<void> => {
  await Promise.all(Array.from({ length: WORKERS }, (_, index) => read(index)))
  await Promise.all(Array.from({ length: READS }, (_, index) => read(index)))
}

const shared =
  (app: typeof threads.last, inPlace: boolean): Way =>
  async (bytes) => {
    const value = share(bytes, { inPlace })
    await reads(() => app(value))
    await value[Symbol.asyncDispose]()
  }

await compare(
  'argument_buffer_64mb',
  {
    threads: (bytes) => threads.length(bytes),
    'threads, given up': (bytes) => threads.length(transfer(bytes)),
    processes: (bytes) => processes.length(bytes),
    piscina: (bytes) => piscina.run(bytes, { name: 'length' }),
    'piscina, transferList': (bytes) => piscina.run(bytes, { name: 'length', transferList: [bytes.buffer] }),
    'one copy': async (bytes) => bytes.slice(),
  },
  {
    threads: 'piscina',
    'threads, given up': 'piscina, transferList',
    processes: 'piscina',
    'one copy': 'piscina',
  },
)
await compare(
  'result_buffer_64mb',
  {
    threads: () => threads.make(SIZE),
    'threads, given up': () => threads.makeMoved(SIZE),
    processes: () => processes.make(SIZE),
    piscina: () => piscina.run(SIZE, { name: 'make' }),
    'piscina, move': () => piscina.run(SIZE, { name: 'makeMoved' }),
  },
  { threads: 'piscina', 'threads, given up': 'piscina, move', processes: 'piscina' },
)
await compare(
  `share_buffer_64mb, ${WORKERS + READS} tasks`,
  {
    threads: shared(threads.last, false),
    'threads, in place': shared(threads.last, true),
    processes: shared(processes.last, false),
    'piscina, SharedArrayBuffer': (bytes) => {
      const memory = new Uint8Array(new SharedArrayBuffer(SIZE))
      memory.set(bytes)
      return reads(() => piscina.run(memory, { name: 'last' }))
    },
  },
  {
    threads: 'piscina, SharedArrayBuffer',
    'threads, in place': 'piscina, SharedArrayBuffer',
    processes: 'piscina, SharedArrayBuffer',
  },
)
await piscina.destroy()
await parsl.close()
await rm(runDir, { recursive: true, force: true })
