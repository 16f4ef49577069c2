/**
 * What remembered results cost: writing them down, finding them again, and what is held in memory for them. Each measure is taken in a process of its own,
 * which runs the sources as they are; of some runs the best, since other work on the machine only ever makes them worse. One JSON line a measure.
 *
 * Memory per entry is what the process holds more after loading than before, over the number of entries, both times after a collection of garbage:
 * `index_array_buffers` by what Node says of its ArrayBuffers, `index_rss` by the resident memory of the process, in which the buffers of reading are too.
 * It should be near 56 (a row) and 8 for each slot, of which there is a power of two and at most three quarters are taken.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { MemoEntry } from '../packages/core/src/memo/store/entries.js'
import { printer } from './output/printer.ts'

const ENTRIES = 1_000_000
const TOGETHER = 1_000
const ALONE = 2_000
const READS = 20_000
const RUNS = 5

// They are no part of what the package exports, and only the children can load them.
const create = () => import('../packages/core/src/memo/store/create.js')
const open = () => import('../packages/core/src/memo/store/open.js')

type Measures = Readonly<Record<string, number>>

const entryOf = (number: number): MemoEntry => ({
  key: createHash('sha256').update(String(number)).digest(),
  app: 'align',
  taskId: number,
  runId: '1b4e28ba-2fa1-4d2e-883f-0016d3cca427',
  at: 1_700_000_000_000 + number,
  body: createHash('sha256').update('align').digest('hex'),
  parts: [{ label: 'argument 1', digest: '0123456789abcdef', shown: String(number) }],
  outputs: [],
  value: new Uint8Array(64).fill(number),
})

const secondsOf = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

/** Appends so many at a time, the next ones when those are kept. */
const write = async (
  dir: string,
  durability: 'process' | 'power',
  count: number,
  together: number,
): Promise<number> => {
  const entries = Array.from({ length: count }, (_, number) => entryOf(number))
  const { createCheckpoint } = await create()
  const writer = await createCheckpoint(dir, { durability, runId: 'bench' })
  const seconds = await secondsOf(async () => {
    for (let from = 0; from < count; from += together)
      await Promise.all(entries.slice(from, from + together).map((entry) => writer.append([entry])))
  })
  await writer.close()
  return count / seconds
}

const writing = async (base: string): Promise<Measures> => ({
  write_together_per_second: await write(join(base, 'together'), 'process', 100_000, TOGETHER),
  write_alone_per_second: await write(join(base, 'alone'), 'process', ALONE, 1),
  sync_together_per_second: await write(join(base, 'sync-together'), 'power', 100_000, TOGETHER),
  sync_alone_per_second: await write(join(base, 'sync-alone'), 'power', ALONE / 10, 1),
})

const memory = (): { readonly rss: number; readonly arrayBuffers: number } => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  collectGarbage()
  collectGarbage()
  return process.memoryUsage()
}

const loading = async (base: string): Promise<Measures> => {
  const { openCheckpoints } = await open()
  const before = memory()
  const start = performance.now()
  const reader = await openCheckpoints([join(base, 'million')])
  const load_ms = performance.now() - start
  const after = memory()
  if (reader.entries !== ENTRIES) throw new Error(`${reader.entries} entries instead of ${ENTRIES}`)
  const keys = Array.from({ length: READS }, (_, number) => entryOf((number * 7_919) % ENTRIES).key)
  const seconds = await secondsOf(async () => {
    for (const key of keys) if (!(await reader.read(key))) throw new Error('an entry is missing')
  })
  let seen = 0
  const scan = await secondsOf(async () => {
    for await (const { valueBytes } of reader.scan()) seen += valueBytes
  })
  if (seen !== ENTRIES * 64) throw new Error(`${seen} bytes were seen`)
  await reader.close()
  return {
    load_ms,
    index_array_buffers: (after.arrayBuffers - before.arrayBuffers) / ENTRIES,
    index_rss: (after.rss - before.rss) / ENTRIES,
    read_us: (seconds / READS) * 1e6,
    scan_ms: scan * 1_000,
  }
}

const making = async (base: string): Promise<Measures> => {
  const { createCheckpoint } = await create()
  const writer = await createCheckpoint(join(base, 'million'), { durability: 'process', runId: 'bench' })
  for (let from = 0; from < ENTRIES; from += TOGETHER)
    await writer.append(Array.from({ length: TOGETHER }, (_, index) => entryOf(from + index)))
  await writer.close()
  return {}
}

const parts: Readonly<Record<string, (base: string) => Promise<Measures>>> = { writing, making, loading }

const units: Readonly<Record<string, readonly [unit: string, best: 'most' | 'least']>> = {
  write_together_per_second: [`appends a second, ${TOGETHER} at a time`, 'most'],
  write_alone_per_second: ['appends a second, one after the other', 'most'],
  sync_together_per_second: [`appends a second, ${TOGETHER} at a time, each synced to the disk`, 'most'],
  sync_alone_per_second: ['appends a second, one after the other, each synced to the disk', 'most'],
  load_ms: [`ms, ${ENTRIES} entries`, 'least'],
  index_array_buffers: ['bytes an entry', 'least'],
  index_rss: ['bytes an entry', 'least'],
  read_us: ['us an entry, read by key, in no order', 'least'],
  scan_ms: [`ms, ${ENTRIES} entries without their values`, 'least'],
}

const inChild = (part: string, base: string): Measures => {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), part, base]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measures
}

const main = async (): Promise<void> => {
  const [, , part, given] = process.argv
  if (part !== undefined && given !== undefined) return console.log(JSON.stringify(await parts[part]?.(given)))
  const base = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
  const print = printer('checkpoint', 3)
  inChild('making', base)
  const runs = Array.from({ length: RUNS }, (_, run) => ({
    ...inChild('writing', join(base, `run-${run}`)),
    ...inChild('loading', base),
  })) as readonly Measures[]
  for (const [name, [unit, best]] of Object.entries(units)) {
    const values = runs.map((run) => run[name] ?? Number.NaN)
    print(name, best === 'most' ? Math.max(...values) : Math.min(...values), unit)
  }
  await rm(base, { recursive: true })
}

await main()
