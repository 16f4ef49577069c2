import { appendFileSync } from 'node:fs'
import { inspect } from 'node:util'
import type { LogLine } from '../wire/messages.js'

/** Writes a line to the interchange's own file: only when the program is not there to take it, so never on the path of heartbeats. */
export const writeLine = (file: string, { level, message, facts }: Omit<LogLine, 'type'>): void => {
  const shown = Object.keys(facts).length === 0 ? '' : ` ${inspect(facts, { breakLength: Infinity })}`
  try {
    appendFileSync(file, `${new Date().toISOString()} ${level} ${message}${shown}\n`, { mode: 0o600 })
  } catch {
    // A full disk, or a folder that is gone: nobody is left who could be told.
  }
}
