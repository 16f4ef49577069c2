import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationMs, parseDuration } from '../src/duration.ts'
import { ConfigurationError } from '../src/errors/config.ts'

const twoDigits = (count: number): string => String(count).padStart(2, '0')

describe('durationMs', () => {
  it.each([
    [90, 90_000],
    [0, 0],
    [1.5, 1_500],
    ['1500ms', 1_500],
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['30m1h', 5_400_000],
    ['0s', 0],
    ['02:00:00', 7_200_000],
    ['2:00:00', 7_200_000],
    ['100:00:00', 360_000_000],
    ['00:01:30', 90_000],
    ['1-00:00:00', 86_400_000],
    ['10-02:03:04', 871_384_000],
  ])('reads %o as %d ms', (value, ms) => {
    expect(durationMs(value)).toBe(ms)
  })

  it.each([
    ['90 s', 90_000],
    ['1h 30m', 5_400_000],
    ['  02:00:00 ', 7_200_000],
  ])('allows spaces around the parts of %o', (value, ms) => {
    expect(durationMs(value)).toBe(ms)
  })

  it.each([
    '',
    ' ',
    '90',
    '1.5',
    's',
    '-5s',
    '+5s',
    '1e3s',
    '.5h',
    '1.h',
    '90S',
    '5 minutes',
    '1w',
    '10:00',
    '1:60:00',
    '1:00:60',
    '1:0:0',
    '1000:00:00',
    '-02:00:00',
    '1-2',
    '1-00:00',
    '1 30s',
    '02 : 00 : 00',
    '90s\n90',
    'UNLIMITED',
  ])('refuses the text %o', (value) => {
    expect(durationMs(value)).toBeUndefined()
  })

  it.each([
    -1,
    NaN,
    Infinity,
    -Infinity,
    Number.MAX_VALUE,
    `${'9'.repeat(400)}d`,
    `${'9'.repeat(400)}-00:00:00`,
    null,
    undefined,
    true,
    10n,
    [],
    ['90s'],
    {},
    new Date(0),
  ])('refuses %o', (value) => {
    expect(durationMs(value)).toBeUndefined()
  })

  it('counts a bare number in the unit it is given, and a text in its own', () => {
    expect(durationMs(1_500, 'ms')).toBe(1_500)
    expect(durationMs('90s', 'ms')).toBe(90_000)
    expect(durationMs('00:00:02', 'ms')).toBe(2_000)
  })

  it('reads back any number of seconds formatted as HH:MM:SS', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 * 3_600 + 3_599 }), (seconds) => {
        const minutes = Math.floor(seconds / 60)
        const text = [Math.floor(minutes / 60), minutes % 60, seconds % 60].map(twoDigits).join(':')
        expect(durationMs(text)).toBe(seconds * 1_000)
      }),
    )
  })

  it('reads back any number of seconds formatted as D-HH:MM:SS', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (seconds) => {
        const minutes = Math.floor(seconds / 60)
        const hours = Math.floor(minutes / 60)
        const clock = [hours % 24, minutes % 60, seconds % 60].map(twoDigits).join(':')
        expect(durationMs(`${Math.floor(hours / 24)}-${clock}`)).toBe(seconds * 1_000)
      }),
    )
  })

  it('answers any text with a finite length of time or with undefined', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d.:smhd -]{0,20}$/))
    fc.assert(
      fc.property(text, (value) => {
        const ms = durationMs(value) ?? 0
        expect(Number.isFinite(ms) && ms >= 0).toBe(true)
      }),
    )
  })
})

describe('parseDuration', () => {
  it('gives the milliseconds of a duration', () => {
    expect(parseDuration('02:00:00')).toBe(7_200_000)
    expect(parseDuration(3)).toBe(3_000)
    expect(parseDuration(3, 'ms')).toBe(3)
  })

  it('throws a ConfigurationError that says which forms there are', () => {
    expect(() => parseDuration('soon')).toThrow(ConfigurationError)
    expect(() => parseDuration('soon')).toThrow(
      `"soon" is no duration: give a number of seconds, '90s', '10m', '1h30m', 'HH:MM:SS' or 'D-HH:MM:SS'`,
    )
    expect(() => parseDuration(-1)).toThrow('-1 is no duration')
  })
})
