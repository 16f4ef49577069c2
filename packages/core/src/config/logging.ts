import { join } from 'node:path'
import type { Logger } from '@parsl/interfaces'
import { destination, pino, stdSerializers } from 'pino'
import type { LogOption } from './config.js'

/** A log of one run. */
export interface RunLog {
  readonly log: Logger
  /** Where it is written, where that is a file of ours. */
  readonly file: string | undefined
  close(): Promise<void>
}

const silence = (): void => {}
const SILENT: Logger = { debug: silence, info: silence, warn: silence, error: silence }

/** Opens `parsl.log` in the run directory: one JSON object a line, as pino writes it. */
export const openLog = (option: LogOption, runDir: string): RunLog => {
  if (option === false) return { log: SILENT, file: undefined, close: async () => {} }
  if (typeof option === 'object') return { log: option, file: undefined, close: async () => {} }
  const file = join(runDir, 'parsl.log')
  const stream = destination({ dest: file, sync: false, mkdir: true })
  const flush = (): void => stream.flushSync()
  process.on('exit', flush)
  const log = pino(
    { level: option, base: { pid: process.pid }, serializers: { err: stdSerializers.errWithCause } },
    stream,
  )
  return {
    log,
    file,
    close: () =>
      new Promise((resolve) => {
        process.off('exit', flush)
        stream.once('close', resolve)
        stream.end()
      }),
  }
}
