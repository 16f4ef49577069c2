import { isParslError } from '@parsl/core'
import { CommanderError } from 'commander'

/** Of the process: 0 where all went well. */
const EXIT = { failed: 1, usage: 2 } as const

const OURS = 'parsl.failure'

/** An end of the command with a message for people, and no stack. */
export const failure = (message: string, exitCode: number = EXIT.failed): CommanderError =>
  new CommanderError(exitCode, OURS, message)

/** The same where the command line is wrong, and nothing was done. */
export const usageFailure = (message: string): CommanderError => failure(message, EXIT.usage)

const withCauses = (error: Error): string => {
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return `${error.message}\n${(cause.stack ?? cause.message).replaceAll(/^/gm, '  ')}`
}

const textOf = (error: unknown): string => {
  if (isParslError(error)) return withCauses(error)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What is left to say of an error that ended a command, and its exit code. What the parser throws it has said itself. */
export const endOf = (error: unknown): { readonly exitCode: number; readonly message: string | undefined } => {
  if (!(error instanceof CommanderError)) return { exitCode: EXIT.failed, message: textOf(error) }
  if (error.code === OURS) return { exitCode: error.exitCode, message: error.message }
  return { exitCode: error.exitCode === 0 ? 0 : EXIT.usage, message: undefined }
}
