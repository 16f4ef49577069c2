import { createWriteStream, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { ConfigurationError, type Logger } from '@parsl/interfaces'
import type { LogLevel } from '../wire/messages.js'

const plainFact = (value: unknown): unknown => (value instanceof Error ? (value.stack ?? value.message) : value)

/** Facts as a line of JSON can hold them. */
const plain = (facts: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plainFact(value)]))

/**
 * Where a manager's log goes: a file of its own, or the standard error stream.
 * @throws ConfigurationError `PARSL_CONFIG` where there can be no such file
 */
export const openLogFile = (logdir: string | undefined, manager: string): Writable => {
  if (logdir === undefined) return process.stderr
  try {
    const folder = join(logdir, manager)
    mkdirSync(folder, { recursive: true })
    const path = join(folder, 'manager.log')
    return createWriteStream(path, { flags: 'a', fd: openSync(path, 'a') })
  } catch (cause) {
    const why = (cause as Error).message
    throw new ConfigurationError([`manager.logdir must be a folder that can be written: ${why}`], { cause })
  }
}

/** One line of a log, as it is told further. */
export type TellLog = (level: LogLevel, facts: Readonly<Record<string, unknown>>, message: string) => void

/**
 * Writes lines of JSON. A full disk stops nothing: what cannot be written is left out.
 * @param tell is given what somebody should read
 * @param told the levels of that: for what bodies say, all of them
 */
export const newLog = (out: Writable, tell: TellLog, told: readonly LogLevel[] = ['warn', 'error']): Logger => {
  out.on('error', () => {})
  const at =
    (level: LogLevel) =>
    (given: object, message: string): void => {
      const facts = plain(given)
      const time = new Date().toISOString()
      out.write(`${JSON.stringify({ time, level, message, ...facts })}\n`)
      if (told.includes(level)) tell(level, facts, message)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
