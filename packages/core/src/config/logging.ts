import { join } from 'node:path'
import { type Logger, RunDirError } from '@parsl/interfaces'
import { pino, stdSerializers } from 'pino'
import type { LogOption } from './config.js'
import { type LogFile, openLogFile } from './log-file.js'

/** A log of one run. */
export interface RunLog {
  readonly log: Logger
  /** Where it is written, where that is a file of ours. */
  readonly file: string | undefined
  close(): Promise<void>
}

const silence = (): void => {}
const SILENT: Logger = { debug: silence, info: silence, warn: silence, error: silence }

type Method = Logger['info']

/** Logs what it can: neither an error that does not let itself be read nor a logger that throws may cost a task. */
const careful =
  (method: Method): Method =>
  (facts, message) => {
    try {
      method(facts, message)
    } catch {
      try {
        method({}, message)
      } catch {
        return
      }
    }
  }

const neverThrows = (log: Logger): Logger => ({
  debug: careful((facts, message) => log.debug(facts, message)),
  info: careful((facts, message) => log.info(facts, message)),
  warn: careful((facts, message) => log.warn(facts, message)),
  error: careful((facts, message) => log.error(facts, message)),
})

const openIn = (runDir: string, file: string): LogFile => {
  try {
    return openLogFile(file)
  } catch (cause) {
    throw new RunDirError(runDir, { cause })
  }
}

/**
 * Opens `parsl.log` in the run directory: one JSON object a line, as pino writes it.
 * @throws RunDirError `PARSL_RUN_DIR`
 */
export const openLog = (option: LogOption, runDir: string): RunLog => {
  if (option === false) return { log: SILENT, file: undefined, close: async () => {} }
  if (typeof option === 'object') return { log: neverThrows(option), file: undefined, close: async () => {} }
  const file = join(runDir, 'parsl.log')
  const lines = openIn(runDir, file)
  const log = pino(
    { level: option, base: { pid: process.pid }, serializers: { err: stdSerializers.errWithCause } },
    lines,
  )
  return { log: neverThrows(log), file, close: lines.close }
}
