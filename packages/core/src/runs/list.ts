import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { processStart } from './process-start.js'
import { readRecord, type RunEnd, type RunRecord } from './record.js'

/**
 * How a run stands: `killed` has no end of its own and its program is gone; `failed` ended with failed tasks, or could not start; `unknown` cannot be
 * told from here.
 */
export type RunState = 'running' | 'ended' | 'failed' | 'killed' | 'unknown'

/** One run, as its directory tells. */
export interface Run {
  /** Of its directory. */
  readonly number: number
  /** Absolute. */
  readonly dir: string
  readonly state: RunState
  readonly record: RunRecord | undefined
  /** Why there is no record. */
  readonly problem: string | undefined
}

const endedWell = ({ counts, error }: RunEnd): boolean =>
  error === undefined && (counts === undefined || counts.failed + counts.depFail === 0)

/** Says how a run stands. `startOf` tells when a process of this host started, if there is one. */
export const stateOfRun = async (
  { end, host, pid, processStart: start }: RunRecord,
  here: { readonly host: string; startOf(pid: number): Promise<string | undefined> },
): Promise<RunState> => {
  if (end) return endedWell(end) ? 'ended' : 'failed'
  if (host !== here.host || start === undefined) return 'unknown'
  return (await here.startOf(pid)) === start ? 'running' : 'killed'
}

/** Files that are open together. */
const AT_ONCE = 64

const here = { host: hostname(), startOf: processStart }

/** Reads one run directory, which need not be one of ours. */
const readRun = async (dir: string, number: number): Promise<Run> => {
  const { record, problem } = await readRecord(dir)
  const state = record ? await stateOfRun(record, here) : 'unknown'
  return { number, dir, state, record, problem }
}

/**
 * Every run below a folder (`'runinfo'`, or what the configuration calls `runDir`), in order of their numbers.
 * @throws what reading the folder throws
 */
export const listRuns = async (base: string): Promise<Run[]> => {
  const entries = await readdir(base, { withFileTypes: true })
  const numbers = entries.filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name)).map(({ name }) => name)
  const runs: Run[] = []
  for (let from = 0; from < numbers.length; from += AT_ONCE) {
    const some = numbers.slice(from, from + AT_ONCE)
    runs.push(...(await Promise.all(some.map((name) => readRun(join(resolve(base), name), Number(name))))))
  }
  return runs.toSorted((a, b) => a.number - b.number)
}
