import { BYTES_FORMS, bytesOf } from './bytes.js'
import { DURATION_FORMS, durationMs } from './duration.js'
import { didYouMean } from './nearest.js'

/** What is wrong with a value, or `undefined`: `a whole number above 0`. */
export type Check = (value: unknown) => string | undefined

/** Checks by option name. */
export type Checks<Options> = { readonly [Name in keyof Required<Options>]: Check }

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/** Every complaint about `given`: wrong values, and unknown names with the nearest known one. `where` stands before each. */
export const complaintsAbout = <Options>(given: unknown, checks: Checks<Options>, where: string): string[] => {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [`${where} must be an object, not ${shown(given)}`]
  return Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(checks, name))
      return [`${where} has no option ${JSON.stringify(name)}${didYouMean(name, Object.keys(checks))}`]
    if (value === undefined) return []
    const expected = (checks as Record<string, Check>)[name]?.(value)
    return expected === undefined ? [] : [`${where}.${name} must be ${expected}, not ${shown(value)}`]
  })
}

const check =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) ? undefined : expected

export const isText = check('text', (value) => typeof value === 'string' && value !== '')
export const isBoolean = check('true or false', (value) => typeof value === 'boolean')
export const isFunction = check('a function', (value) => typeof value === 'function')
export const isObject = check(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)
export const isNumber = check('a number', (value) => typeof value === 'number' && Number.isFinite(value))
export const isCount = check(
  'a whole number, 0 or more',
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
)
export const isPositiveCount = check(
  'a whole number above 0',
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
)
export const isDuration = check(DURATION_FORMS, (value) => durationMs(value) !== undefined)
export const isPositiveDuration = check(`more than nothing: ${DURATION_FORMS}`, (value) => (durationMs(value) ?? 0) > 0)
export const isBytes = check(BYTES_FORMS, (value) => bytesOf(value) !== undefined)
export const isAbortSignal = check(
  'an AbortSignal',
  (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
)

/** One of these words. */
export const isOneOf = (...words: readonly unknown[]): Check =>
  check(`one of ${words.map(shown).join(', ')}`, (value) => words.includes(value))

/** Any of these; the complaint names them all. */
export const isEither =
  (...checks: readonly Check[]): Check =>
  (value) => {
    const complaints = checks.map((one) => one(value))
    return complaints.includes(undefined) ? undefined : complaints.join(', or ')
  }

/** A list of such values. */
export const isListOf =
  (item: Check): Check =>
  (value) => {
    const complaint = Array.isArray(value) ? Array.from(value, item).find((one) => one !== undefined) : 'as documented'
    return complaint === undefined ? undefined : `a list, each item ${complaint}`
  }

/** An object whose every value is such. */
export const isRecordOf =
  (item: Check): Check =>
  (value) => {
    const complaint =
      isObject(value) === undefined
        ? Object.values(value as object)
            .map(item)
            .find((one) => one !== undefined)
        : 'as documented'
    return complaint === undefined ? undefined : `an object, each value ${complaint}`
  }
