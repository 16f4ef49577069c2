import { ConfigurationError } from './errors/config.js'

/**
 * A length of time. A bare number is seconds, as in Parsl (milliseconds where the option's name ends in `Ms`).
 * A string is `'1500ms'`, `'90s'`, `'10m'`, `'2h'`, `'1d'`, a sum of those (`'1h30m'`), `'HH:MM:SS'` or `'D-HH:MM:SS'`.
 */
export type Duration = number | string

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const CLOCK = /^(?:(\d+)-)?(\d{1,3}):([0-5]\d):([0-5]\d)$/
const PARTS = /^(?:\d+(?:\.\d+)? *(?:ms|s|m|h|d) *)+$/
const PART = /(\d+(?:\.\d+)?) *(ms|s|m|h|d)/g

const clockMs = (match: RegExpExecArray): number => {
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000
}

const textMs = (text: string): number => {
  const clock = CLOCK.exec(text)
  if (clock) return clockMs(clock)
  if (!PARTS.test(text)) return NaN
  return [...text.matchAll(PART)].reduce((sum, [, count, name]) => sum + Number(count) * (UNIT_MS[name ?? ''] ?? 0), 0)
}

/** Milliseconds of a duration, or `undefined` where it is none. `unit` is what a bare number counts. */
export const durationMs = (value: unknown, unit: 's' | 'ms' = 's'): number | undefined => {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const ms = typeof value === 'number' ? value * (UNIT_MS[unit] ?? 1) : textMs(value.trim())
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

/** What a message says about the forms a duration may have. */
export const DURATION_FORMS = "a number of seconds, '90s', '10m', '1h30m', 'HH:MM:SS' or 'D-HH:MM:SS'"

/**
 * Milliseconds of a duration.
 * @throws ConfigurationError `PARSL_CONFIG` where it is none.
 */
export const parseDuration = (value: Duration, unit: 's' | 'ms' = 's'): number => {
  const ms = durationMs(value, unit)
  if (ms !== undefined) return ms
  throw new ConfigurationError([`${JSON.stringify(value)} is no duration: give ${DURATION_FORMS}`])
}
