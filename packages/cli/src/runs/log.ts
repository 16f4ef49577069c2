import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { RunRecord } from '@parsl/core/runs'

/** A line of `parsl.log`. */
export interface LogLine {
  readonly level: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly msg: string
  readonly [fact: string]: unknown
}

/** An error as the log holds it. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly code?: string
  readonly cause?: LoggedError
  readonly details?: Readonly<Record<string, unknown>>
  readonly aggregateErrors?: readonly LoggedError[]
}

/** The program may have been killed in the middle of a line. */
const parse = (text: string): LogLine | undefined => {
  try {
    const value = JSON.parse(text) as LogLine
    return typeof value?.level === 'number' && typeof value.msg === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** Lines of the log of a run whose text is wanted, in order; none where there is no log. */
export async function* logLines(runDir: string, isWanted: (text: string) => boolean): AsyncGenerator<LogLine> {
  const file = createReadStream(join(runDir, 'parsl.log'))
  try {
    for await (const text of createInterface({ input: file, crlfDelay: Infinity })) {
      const line = isWanted(text) ? parse(text) : undefined
      if (line) yield line
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Whether the log of a run names its failed tasks. Where the record is missing, it may. */
export const logsFailures = (record: RunRecord | undefined): boolean =>
  record === undefined || ['debug', 'info', 'warn'].includes(record.log)

/** Whether the log of a run holds every change of every task. */
export const logsEverything = (record: RunRecord | undefined): boolean => record?.log === 'debug'
