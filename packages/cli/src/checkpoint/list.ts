import type { CheckpointReader } from '@parsl/core/checkpoints'
import { print, table } from '../output.js'
import { failure } from '../failure.js'
import { nameOf } from '../runs/find.js'
import { timeText } from '../runs/words.js'
import { type Checkpoints, type Entry, runOf } from './open.js'

/** What is listed. */
export interface Listing {
  /** One run; else all of them, in sums. */
  readonly run: number | undefined
  readonly app: string | undefined
  readonly json: boolean
}

interface RunSums {
  readonly run: number
  readonly dir: string
  entries: number
  valueBytes: number
  newestAt: number
  readonly apps: Set<string>
}

const filterOf = (app: string | undefined): { readonly app?: string } => (app === undefined ? {} : { app })

const sumsOf = async (
  reader: CheckpointReader,
  dirs: readonly string[],
  app: string | undefined,
): Promise<RunSums[]> => {
  const sums = new Map<string, RunSums>()
  for (const dir of dirs)
    sums.set(dir, { run: runOf(dir), dir, entries: 0, valueBytes: 0, newestAt: 0, apps: new Set() })
  for await (const { entry, valueBytes, dir } of reader.scan(filterOf(app))) {
    const one = sums.get(dir)
    if (!one) continue
    one.entries++
    one.valueBytes += valueBytes
    one.newestAt = Math.max(one.newestAt, entry.at)
    one.apps.add(entry.app)
  }
  return [...sums.values()]
}

const runLines = (sums: readonly RunSums[]): readonly string[] =>
  table(
    [
      { title: 'RUN', of: ({ run }) => nameOf(run) },
      { title: 'RESULTS', align: 'right', of: ({ entries }) => String(entries) },
      { title: 'BYTES', align: 'right', of: ({ valueBytes }) => String(valueBytes) },
      { title: 'NEWEST', of: ({ newestAt }) => (newestAt === 0 ? '-' : timeText(newestAt)) },
      { title: 'APPS', of: ({ apps }) => [...apps].toSorted().join(', ') },
    ],
    sums,
  )

const listRuns = async (reader: CheckpointReader, dirs: readonly string[], { app, json }: Listing): Promise<void> => {
  const sums = await sumsOf(reader, dirs, app)
  if (json)
    return print(
      JSON.stringify(
        sums.map(({ apps, ...rest }) => ({ ...rest, apps: [...apps].toSorted() })),
        undefined,
        2,
      ),
    )
  await print((sums.length === 0 ? ['no checkpoints'] : runLines(sums)).join('\n'))
}

interface Row {
  readonly entry: Entry
  readonly valueBytes: number
}

const entryLine = ({ entry, valueBytes }: Row, json: boolean): string => {
  const { key, at, ...rest } = entry
  const hex = Buffer.from(key).toString('hex')
  if (json) return JSON.stringify({ ...rest, key: hex, at: new Date(at).toISOString(), valueBytes })
  const outputs = entry.outputs.length === 0 ? '' : `, ${entry.outputs.length} files`
  return `task ${entry.taskId} (${entry.app}) ${timeText(at)} ${valueBytes} bytes${outputs}, key ${hex.slice(0, 12)}`
}

/** One line a result, as they come: there may be millions. */
const listEntries = async (reader: CheckpointReader, run: number, { app, json }: Listing): Promise<void> => {
  for await (const { dir, ...row } of reader.scan(filterOf(app)))
    if (runOf(dir) === run) await print(entryLine(row, json))
}

/** Lists checkpoints, or the results in one of them. */
export const list = async ({ reader, dirs }: Checkpoints, listing: Listing): Promise<void> => {
  const { run } = listing
  if (run === undefined) return listRuns(reader, dirs, listing)
  if (!dirs.some((dir) => runOf(dir) === run)) throw failure(`run ${nameOf(run)} has no checkpoint`)
  await listEntries(reader, run, listing)
}
