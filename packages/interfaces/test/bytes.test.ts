import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, parseBytes } from '../src/bytes.ts'
import { ConfigurationError } from '../src/errors/config.ts'

describe('bytesOf', () => {
  it.each([
    [0, 0],
    [4096, 4096],
    ['0B', 0],
    ['512B', 512],
    ['1kB', 1_000],
    ['1KB', 1_000],
    ['1KiB', 1_024],
    ['512MiB', 512 * 1024 ** 2],
    ['4GB', 4 * 10 ** 9],
    ['4GiB', 4 * 1024 ** 3],
    ['4 GiB', 4 * 1024 ** 3],
    [' 4GiB ', 4 * 1024 ** 3],
    ['4gib', 4 * 1024 ** 3],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['2TB', 2 * 10 ** 12],
    ['2TiB', 2 * 1024 ** 4],
    ['1PB', 10 ** 15],
    ['1PiB', 1024 ** 5],
    ['0.0001kB', 0],
  ])('reads %o as %d', (value, bytes) => {
    expect(bytesOf(value)).toBe(bytes)
  })

  it.each(['', 'B', '4', '4G', '4Gi', '4 G B', '-4GB', '1e3B', '.5GB', '5iB', '1EB', '4GiBs', '4GB\n4'])(
    'refuses the text %o',
    (value) => {
      expect(bytesOf(value)).toBeUndefined()
    },
  )

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53, '9PiB9', '9999PB', null, undefined, 4n, [], {}])('refuses %o', (value) => {
    expect(bytesOf(value)).toBeUndefined()
  })

  it('reads any whole number of bytes with its unit as it reads the number', () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(bytesOf(`${bytes}B`)).toBe(bytesOf(bytes))
        expect(bytesOf(`${bytes}KiB`)).toBe(bytes * 1_024)
        expect(bytesOf(`${bytes}kB`)).toBe(bytes * 1_000)
      }),
    )
  })
})

describe('parseBytes', () => {
  it('gives the bytes of an amount', () => {
    expect(parseBytes('2KiB')).toBe(2_048)
  })

  it('throws a ConfigurationError that says which forms there are', () => {
    expect(() => parseBytes('4G')).toThrow(ConfigurationError)
    expect(() => parseBytes('4G')).toThrow(
      `"4G" is no amount of bytes: give a whole number of bytes, '512MiB', '4GiB' or '4GB'`,
    )
  })
})
