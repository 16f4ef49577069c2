import { isDataFile } from '@parsl/data'
import { AppBadFormatting, intrinsics } from '@parsl/interfaces'

const COMMAND = Symbol.for('parsl.shell-command')
const PLAIN = /^[\w@%+=:,./-]+$/

/** Shell text that `sh` made: what it interpolated is quoted. */
export interface ShellCommand {
  readonly text: string
}

const command = (text: string): ShellCommand => Object.defineProperty({ text }, COMMAND, { value: true })

/** Whether a value was made by `sh`, by any copy of this package. */
export const isShellCommand = (value: unknown): value is ShellCommand =>
  typeof value === 'object' && value !== null && COMMAND in value

/** One word of a POSIX shell with exactly this text. */
export const quote = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** Throws for a value that cannot stand in a command. */
type Complain = (what: string) => never

const textWord = (text: string, complain: Complain): string =>
  text.includes('\0') ? complain('text with a NUL character') : quote(text)

const objectWord = (value: object, complain: Complain): string => {
  if (isShellCommand(value)) return value.text
  if (isDataFile(value)) return textWord(value.path, complain)
  if (value instanceof URL) return quote(value.href)
  if (Array.isArray(value)) return Array.from(value, (item: unknown) => word(item, complain)).join(' ')
  return complain('an object')
}

const word = (value: unknown, complain: Complain): string => {
  if (typeof value === 'string') return textWord(value, complain)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'object' && value !== null) return objectWord(value, complain)
  return complain(value === null || value === undefined ? String(value) : `a ${typeof value}`)
}

/** The template as typed (a backslash stays one for the shell), but for the two escapes that JavaScript itself asks for. */
const asTyped = (raw: string): string => raw.replaceAll('\\`', '`').replaceAll('\\${', '${')

/**
 * A shell command. Interpolated values become quoted words (arrays: one word an item; files: their path), so write `${name}` without quotes
 * around it. Backslashes reach the shell as typed. It runs in bash with `pipefail`.
 * @throws AppBadFormatting `PARSL_APP_BAD_FORMATTING` for `undefined`, `null`, objects and other values that are no text
 */
export const sh = (strings: TemplateStringsArray, ...values: readonly unknown[]): ShellCommand => {
  const valueAt = (index: number): string =>
    word(values[index], (what) => {
      throw new AppBadFormatting(index, what, strings.raw.join('${...}'))
    })
  const pieces = strings.raw.map((raw, index) => asTyped(raw) + (index < values.length ? valueAt(index) : ''))
  return command(pieces.join(''))
}

/** Text that goes into a command unquoted. */
sh.raw = (text: string): ShellCommand => command(text)

intrinsics('@parsl/worker', { sh, 'sh.raw': sh.raw })
