import { ConfigurationError } from './errors/config.js'

/** An amount of memory or storage: a whole number of bytes, or a string such as `'512MiB'`, `'4GiB'` (powers of 1024) or `'4GB'` (powers of 1000). */
export type Bytes = number | string

const FORM = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?))?b$/i
const POWERS = ['', 'k', 'm', 'g', 't', 'p']

const bytesOfText = (text: string): number | undefined => {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [, count, prefix = '', binary] = match
  return Math.round(Number(count) * (binary ? 1024 : 1000) ** POWERS.indexOf(prefix.toLowerCase()))
}

/** Bytes of an amount, or `undefined` where it is none. */
export const bytesOf = (value: unknown): number | undefined => {
  const bytes = typeof value === 'string' ? bytesOfText(value.trim()) : value
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined
}

/** What a message says about the forms an amount may have. */
export const BYTES_FORMS = "a whole number of bytes, '512MiB', '4GiB' or '4GB'"

/**
 * Bytes of an amount of memory or storage.
 * @throws ConfigurationError `PARSL_CONFIG` where it is none.
 */
export const parseBytes = (value: Bytes): number => {
  const bytes = bytesOf(value)
  if (bytes !== undefined) return bytes
  throw new ConfigurationError([`${JSON.stringify(value)} is no amount of bytes: give ${BYTES_FORMS}`])
}
