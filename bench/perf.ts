/**
 * `parsl perf` on threads beside `parsl-perf` of Parsl for Python on threads, as many in each: tasks a second that do nothing. The two take turns, so that
 * whatever else the machine does meets both. Each runs batches that grow until one takes the time it is given, and that one counts: the same time for both.
 * Python's is looked for on the PATH, or where PARSL_PERF names it. One JSON line a measure: medians of the rounds.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { printer } from './output/printer.ts'

const run = promisify(execFile)

const WORKERS = process.argv[2] ?? '2'
const ROUNDS = 5
const SECONDS = '5'
const PYTHON = process.env['PARSL_PERF'] ?? 'parsl-perf'
const CLI = join(dirname(fileURLToPath(import.meta.resolve('@parsl/cli/package.json'))), 'dist/main.js')

/** Tasks a second, of the last batch. */
interface Rates {
  readonly submission: number
  readonly throughput: number
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const dir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))

const ours = async (): Promise<Rates> => {
  const config = fileURLToPath(new URL('peers/threads.ts', import.meta.url))
  const { stdout } = await run(process.execPath, [CLI, 'perf', '--config', config, '--time', SECONDS, '--json'], {
    env: { ...process.env, BENCH_WORKERS: WORKERS, BENCH_RUN_DIR: join(dir, 'ours') },
  })
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { submitPerSecond: number; perSecond: number }
  return { submission: last.submitPerSecond, throughput: last.perSecond }
}

const PYTHON_CONFIG = `
from parsl.config import Config
from parsl.executors import ThreadPoolExecutor
config = Config(executors=[ThreadPoolExecutor(max_threads=${WORKERS})], run_dir=${JSON.stringify(join(dir, 'python'))})
`

const lastRate = (text: string, pattern: RegExp): number => {
  const [, rate] = [...text.matchAll(pattern)].at(-1) ?? []
  if (rate === undefined) throw new Error(`${PYTHON} printed no rate:\n${text}`)
  return Number(rate)
}

const theirs = async (): Promise<Rates> => {
  const config = join(dir, 'threads.py')
  await writeFile(config, PYTHON_CONFIG)
  const { stdout } = await run(PYTHON, ['--config', config, '--time', SECONDS], { cwd: dir })
  return {
    submission: lastRate(stdout, /^Submission took .* = ([\d.]+) tasks\/second$/gm),
    throughput: lastRate(stdout, /^Tasks per second: ([\d.]+)$/gm),
  }
}

/** What Python's command says it is, or `undefined` where there is none. */
const versionOf = async (): Promise<string | undefined> => {
  try {
    return (await run(PYTHON, ['--version'])).stdout.trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const print = printer('perf', 3)
const version = await versionOf()
if (version === undefined) {
  console.error(`
*** No Parsl for Python beside it: ${JSON.stringify(PYTHON)} is not there, so nothing is compared.
*** Install it (pip install parsl), and put its parsl-perf on the PATH or name it: PARSL_PERF=/path/to/parsl-perf
`)
} else console.error(`beside: ${version}; ${WORKERS} threads each; batches of ${SECONDS} s, ${ROUNDS} rounds`)

const found: { readonly ours: Rates; readonly theirs: Rates | undefined }[] = []
for (let round = 0; round < ROUNDS; round++)
  found.push({ ours: await ours(), theirs: version === undefined ? undefined : await theirs() })
for (const measure of ['submission', 'throughput'] as const) {
  const value = median(found.map((round) => round.ours[measure]))
  const peer = found.flatMap((round) => round.theirs?.[measure] ?? [])
  const beside = version === undefined ? undefined : { name: 'Parsl for Python, threads', value: median(peer) }
  print(`perf_threads_${measure}`, value, 'tasks/s', beside)
}
await rm(dir, { recursive: true, force: true })
