import fc from 'fast-check'
import { pack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue } from '../src/encode/encode-value.ts'
import { op } from '../src/ops.ts'
import { withHoles } from './with-holes.ts'

const codeOf = (bytes: Uint8Array): unknown => {
  try {
    decodeValue(bytes)
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
}

const sample = (): unknown => {
  const ring: Record<string, unknown> = {
    a: withHoles(5, [1, -5, 'text']),
    [Symbol.for('k')]: 10n,
    frozen: Object.freeze([1]),
  }
  ring['map'] = new Map<unknown, unknown>([[ring, new Set(['\ud800', /a/g, new Date(5)])]])
  ring['error'] = new TypeError('t', { cause: ring })
  ring['views'] = [new Float64Array([1, 2]), Buffer.from('abc'), new ArrayBuffer(4)]
  ring['more'] = [new URL('a:b'), Object('x'), Object.create(null), withHoles(4e9, { 5: 1 })]
  return ring
}

const message = (...leaves: readonly number[]): Uint8Array => Uint8Array.of(0xb1, ...leaves)

describe('bytes that are no message', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'the message is empty'],
    ['another format', Uint8Array.of(1, 2), 'it was not written by @parsl/serialize'],
    [
      'another version',
      Uint8Array.of(0xb2, 0x91, 1),
      'it has version 2, and this reads 1: install the same @parsl/serialize on both sides',
    ],
    ['no list', message(1), 'it does not start with a list'],
    ['a cut off list', message(0x93, 1), 'the message is cut off'],
    ['a list that claims four billion leaves', message(0xdd, 255, 255, 255, 255, 1), 'the message is cut off'],
    ['a string that claims four gigabytes', message(0x91, 0xdb, 255, 255, 255, 255, 65), 'the message is cut off'],
    ['a list in the list', message(0x91, 0x91, 1), 'byte 2 holds 0x91, which no message has'],
    ['an empty list', message(0x90), 'the message ends too early'],
    ['more than one value', message(0x92, 1, 1), 'there is more behind its end'],
    ['an unknown operation', message(0x91, 0xd0, 0xc1), '-63 is no operation'],
    ['an array that claims more than there is', message(0x93, 0xf0, 100, 1), '100 is no count from 0 to 2'],
    ['a reference to nothing', message(0x92, 0xf7, 0), '0 is no count from 0 to -1'],
    ['a hole on its own', message(0x91, 0xf8), 'there is a hole outside an array'],
    ['bytes that nobody uses', message(0x91, 1, 9), 'there is more behind its end'],
  ])('are told as such: %s', (_, bytes, reason) => {
    expect(() => decodeValue(bytes)).toThrow(`cannot read what arrived: ${reason}`)
    expect(codeOf(bytes)).toBe('PARSL_DESERIALIZE')
  })

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['PARSL_DESERIALIZE', undefined]).toContain(codeOf(bytes))
        expect(['PARSL_DESERIALIZE', undefined]).toContain(codeOf(message(0x98, ...bytes)))
      }),
      { numRuns: 2000 },
    )
  })

  it('may be a list of operations at random', () => {
    const token = fc.oneof(fc.integer({ min: 0xdf, max: 0xff }), fc.integer({ min: 0, max: 12 }), fc.constant(0xa0))
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 15 }), (tokens) => {
        const bytes = message(0x90 + tokens.length, ...tokens.map((one) => (one === 0xdf ? 0xc0 : one)))
        expect(['PARSL_DESERIALIZE', undefined]).toContain(codeOf(bytes))
      }),
      { numRuns: 5000 },
    )
  })

  it.each<[string, readonly unknown[], string]>([
    ['codes that claim more than there is', [op.codes, 9, 'a'], '9 is no count from 0 to 2'],
    ['a code that is no text', [op.codes, 1, 5, 0], 'a string is missing'],
    ['ids that are no texts', [op.codeIds, 1, null, 0], 'a string is missing'],
    ['codes behind the value', [1, op.codes, 0], 'there is more behind its end'],
    ['codes twice', [op.codes, 0, op.codes, 0, 1], '-34 is no operation'],
    ['a code that the message does not list', [op.codes, 1, 'a', op.code, 1, null, false, false], '1 is no count'],
    ['a function without codes', [op.code, 0, null, false, false], '0 is no count from 0 to -1'],
    ['more that is read anew than there is', [op.late, 9, 1], '9 is no count from 0 to 2'],
    ['less that is read anew than it says', [op.late, 1, 1], 'the message ends too early'],
    ['a variable that is no place', [op.late, 1, 1, 2, 3], 'a variable that is assigned again has no place'],
    ['a variable that cannot be set', [op.late, 1, 1, op.locked, 3, op.object, 2], 'has no place'],
    ['what is read anew within a value', [op.array, 1, op.late, 0], '-36 is no operation'],
  ])('are told as such in codes and what is read anew: %s', (_, tokens, reason) => {
    const create = (): never => expect.unreachable()
    const bytes = message(...pack(tokens))
    expect(() => decodeValue(bytes, { functions: { create, fill: () => {} }, codes: () => 'text' })).toThrow(reason)
    expect(codeOf(bytes)).toMatch(/^PARSL_DESERIALIZE/)
  })

  it('may be any list of operations and leaves', () => {
    const token = fc.oneof(fc.integer({ min: -64, max: 12 }), fc.constantFrom('', 'a', null, true, false, 1e9, 0.5))
    const functions = { create: () => () => 0, fill: () => {} }
    const outcome = (bytes: Uint8Array): unknown => {
      try {
        decodeValue(bytes, { functions, codes: (id) => (id === 'a' ? id : undefined) })
        return 'PARSL_DESERIALIZE'
      } catch (error) {
        return (error as { code?: string }).code
      }
    }
    fc.assert(
      fc.property(
        fc.constantFrom(op.codes, op.codeIds, op.late),
        fc.array(token, { maxLength: 15 }),
        (first, tokens) => {
          expect(outcome(message(...pack([first, ...tokens])))).toMatch(/^PARSL_DESERIALIZE/)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('may be a message cut off anywhere', () => {
    const bytes = encodeValue(sample())
    for (let end = 0; end < bytes.length; end += 1) expect(codeOf(bytes.subarray(0, end))).toBe('PARSL_DESERIALIZE')
  })

  it('may be a message with some bytes changed', () => {
    const bytes = encodeValue(sample())
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const mutated = bytes.slice()
        for (const [at, byte] of changes) mutated[at] = byte
        expect(['PARSL_DESERIALIZE', undefined]).toContain(codeOf(mutated))
      }),
      { numRuns: 3000 },
    )
  })

  it('are read wherever they lie, and not kept', () => {
    const whole = new Uint8Array(1000)
    const bytes = encodeValue([new Uint8Array([1, 2]), 'a'])
    whole.set(bytes, 13)
    const value = decodeValue(whole.subarray(13, 13 + bytes.length)) as [Uint8Array]
    whole.fill(0)
    expect(value[0]).toEqual(Uint8Array.of(1, 2))
  })
})
