import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import type { TaskState } from '@parsl/interfaces'
import type { Settings } from '../config/validate.js'
import { processStart } from './process-start.js'
import { type RunEnd, type RunRecord, writeRecord } from './record.js'

/** Where a kernel says how its run ended. */
export interface KeptRecord {
  ended(counts: Readonly<Record<TaskState, number>>, unawaited: number): Promise<void>
  /** The kernel could not start. */
  failed(error: unknown): Promise<void>
}

const ownVersion = (): string | undefined => {
  try {
    return (createRequire(import.meta.url)('@parsl/core/package.json') as { readonly version: string }).version
  } catch {
    return undefined
  }
}

const logOf = ({ log }: Settings): RunRecord['log'] =>
  log === false ? 'none' : typeof log === 'object' ? 'own' : (log as Exclude<RunRecord['log'], 'own' | 'none'>)

const firstRecord = async (runId: string, settings: Settings): Promise<RunRecord> => {
  const [start, parsl] = [await processStart(process.pid), ownVersion()]
  return {
    format: 1,
    runId,
    startedAt: new Date().toISOString(),
    host: hostname(),
    pid: process.pid,
    ...(start === undefined ? {} : { processStart: start }),
    command: process.argv.slice(1),
    cwd: process.cwd(),
    node: process.version,
    ...(parsl === undefined ? {} : { parsl }),
    executors: settings.executors.map(({ label }) => label),
    log: logOf(settings),
  }
}

/** Writes the record of a run that starts. What cannot be written is for `complain`: a run is worth more than its record. */
export const keepRecord = async (
  run: { readonly runId: string; readonly runDir: string; readonly settings: Settings },
  complain: (error: unknown) => void,
): Promise<KeptRecord> => {
  const record = await firstRecord(run.runId, run.settings)
  const write = (end?: Omit<RunEnd, 'at'>): Promise<void> =>
    writeRecord(run.runDir, end ? { ...record, end: { at: new Date().toISOString(), ...end } } : record).catch(complain)
  await write()
  return {
    ended: (counts, unawaited) => write({ counts, unawaited }),
    failed: (error) => write({ error: error instanceof Error ? error.message : String(error) }),
  }
}
