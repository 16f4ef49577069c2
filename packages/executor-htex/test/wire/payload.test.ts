import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed } from '../../src/wire/shapes.js'
import { packPart, packPayload, unpackPart, unpackPayload } from '../../src/wire/payload.js'

const bytes = fc.uint8Array({ maxLength: 40 })
const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const parcel = fc.record({
  task: fc.nat(),
  attempt: fc.nat(),
  spec: text,
  body: fc.oneof(bytes, text),
  args: bytes,
  files: fc.option(bytes, { nil: undefined }),
  shares: fc.array(text, { maxLength: 3 }),
})
const shared = fc.record({ bytes, inPlace: fc.boolean(), buffers: fc.array(bytes, { maxLength: 3 }) })
const part = fc.oneof(
  fc.tuple(text, text),
  fc.tuple(
    text.map((name) => `code.${name}`),
    bytes,
  ),
  fc.tuple(
    text.map((name) => `share.copy.${name}`),
    shared,
  ),
)

/** Bytes as such, whatever kind of array holds them. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

describe('the payload of a task', () => {
  it('says what was packed, whatever that is', () => {
    fc.assert(
      fc.property(parcel, (given) => {
        expect(plain(unpackPayload(packPayload(given)))).toEqual(plain(given))
      }),
    )
  })

  it('that is none is refused, never taken for one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
        expect(() => unpackPayload(garbage)).toThrow(Malformed)
      }),
    )
    const whole = packPayload({
      task: 1,
      attempt: 0,
      spec: 's',
      body: 'b',
      args: new Uint8Array(3),
      files: undefined,
      shares: [],
    })
    for (let end = 0; end < whole.byteLength; end++)
      expect(() => unpackPayload(whole.subarray(0, end))).toThrow(Malformed)
  })
})

describe('a part', () => {
  it('comes as it went: text, bytes, and shared values with their large buffers', () => {
    fc.assert(
      fc.property(part, (given) => {
        expect(plain(unpackPart(packPart(given)))).toEqual(plain(given))
      }),
    )
  })

  it('is refused where its content is none', () => {
    expect(() => unpackPart({ id: 'c', isText: true, content: new Uint8Array([0xff]) })).toThrow(TypeError)
    expect(() => unpackPart({ id: 'share.copy.x', isText: false, content: new Uint8Array([0x93]) })).toThrow(Malformed)
  })
})
