import { inspect } from 'node:util'

/** What can be said of any thrown value. */
export interface ToldError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** What did not come along, and why. */
  readonly leftOut: readonly string[]
}

const LEFT_OUT = Symbol.for('parsl.left-out')

/** Longer text costs more than it says. */
const LONGEST = 16_384
const MOST_NOTES = 20

/** A property of an error as text, whatever it does when it is read. */
export const textOf = (error: unknown, key: 'name' | 'message' | 'stack'): string | undefined => {
  try {
    const text: unknown = (error as Record<string, unknown>)[key]
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

export const setText = (error: object, key: string, text: string): void => {
  Object.defineProperty(error, key, { value: text, writable: true, enumerable: false, configurable: true })
}

/** Says on the error what it lacks, where `console.log` shows it. */
export const noteLeftOut = (error: object, leftOut: readonly string[]): void => {
  if (leftOut.length === 0) return
  const more = leftOut.length - MOST_NOTES
  const notes = more > 0 ? [...leftOut.slice(0, MOST_NOTES), `${more} more`] : leftOut
  Object.defineProperty(error, LEFT_OUT, { value: notes, enumerable: true, writable: true, configurable: true })
}

const shown = (thrown: unknown): string => {
  try {
    return inspect(thrown, { customInspect: false })
  } catch {
    return typeof thrown
  }
}

/** Never throws. */
export const tellError = (thrown: unknown, leftOut: readonly string[]): ToldError => {
  const message = textOf(thrown, 'message')
  return {
    name: message === undefined ? 'Error' : (textOf(thrown, 'name') ?? 'Error').slice(0, LONGEST),
    message: (message ?? `the body threw ${shown(thrown)}`).slice(0, LONGEST),
    stack: message === undefined ? undefined : textOf(thrown, 'stack')?.slice(0, LONGEST),
    leftOut,
  }
}

export const errorAsTold = ({ name, message, stack, leftOut }: ToldError): Error => {
  const error = new Error(message)
  if (name !== 'Error') setText(error, 'name', name)
  setText(error, 'stack', stack ?? `${name}: ${message}`)
  noteLeftOut(error, leftOut)
  return error
}
