import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskState } from '@parsl/interfaces'

/** How a run ended, as its program said itself. */
export interface RunEnd {
  /** ISO 8601. */
  readonly at: string
  /** How many tasks ended in each state; absent where the kernel could not start. */
  readonly counts?: Readonly<Record<TaskState, number>>
  /** Failures that nobody awaited. */
  readonly unawaited?: number
  /** Why the kernel could not start. */
  readonly error?: string
}

/** `run.json` of a run directory: written when the run starts, and again when it ends. */
export interface RunRecord {
  readonly format: 1
  readonly runId: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly host: string
  readonly pid: number
  /** When the process started, in a form that only tells one from another; absent where the system does not say. */
  readonly processStart?: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly cwd: string
  /** Version of Node. */
  readonly node: string
  /** Version of `@parsl/core`; absent in a bundle. */
  readonly parsl?: string
  /** Labels of the executors that were configured. */
  readonly executors: readonly string[]
  /** The least level of `parsl.log`; `'own'` where the program brought a logger, `'none'` where there is no log. */
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'own' | 'none'
  /** Absent until the run has ended; for ever where its program was killed. */
  readonly end?: RunEnd
}

const NAME = 'run.json'

/** Writes the record so that whoever reads it sees the old one or the new one, and never a part. */
export const writeRecord = async (runDir: string, record: RunRecord): Promise<void> => {
  const path = join(runDir, NAME)
  await writeFile(`${path}.tmp`, `${JSON.stringify(record, undefined, 2)}\n`)
  await rename(`${path}.tmp`, path)
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isText = (value: unknown): boolean => typeof value === 'string'
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))

const FIELDS: { readonly [Name in keyof Required<RunRecord>]: (value: unknown) => boolean } = {
  format: (value) => value === 1,
  runId: isText,
  startedAt: isTime,
  host: isText,
  pid: Number.isSafeInteger,
  processStart: (value) => value === undefined || isText(value),
  command: isTexts,
  cwd: isText,
  node: isText,
  parsl: (value) => value === undefined || isText(value),
  executors: isTexts,
  log: isText,
  end: (value) => value === undefined || isTime((value as RunEnd | null)?.at),
}

/** The record, or in words why there is none. */
export type FoundRecord =
  | { readonly record: RunRecord; readonly problem: undefined }
  | { readonly record: undefined; readonly problem: string }

const without = (problem: string): FoundRecord => ({ record: undefined, problem })

const parse = (text: string): FoundRecord => {
  const value = JSON.parse(text) as Record<string, unknown>
  const bad = Object.entries(FIELDS).find(([name, isFine]) => !isFine(value[name]))?.[0]
  if (bad === 'format') return without(`${NAME} has the format ${String(value['format'])}, and this version reads 1`)
  if (bad !== undefined) return without(`${NAME} is damaged: its field ${bad} cannot be read`)
  return { record: value as unknown as RunRecord, problem: undefined }
}

/** Reads the record of a run directory. */
export const readRecord = async (runDir: string): Promise<FoundRecord> => {
  try {
    return parse(await readFile(join(runDir, NAME), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return without(`it has no ${NAME}`)
    return without(`${NAME} cannot be read: ${(error as Error).message}`)
  }
}
