import { describe, expect, it } from 'vitest'
import { codeIdOf, createCodeStore } from '../src/code-store.ts'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue } from '../src/encode/encode-value.ts'
import type { FunctionDecoder, FunctionEncoder } from '../src/functions.ts'

/** Functions are made of nothing but their code. */
const texts = new Map<unknown, string>()
const function_ = (text: string): (() => string) => {
  const made = (): string => text
  texts.set(made, text)
  return made
}
const hook: FunctionEncoder & FunctionDecoder = {
  describe: (fn) => {
    const text = texts.get(fn) as string
    return { code: { id: codeIdOf(text), text }, captured: [] }
  },
  create: (description) => function_((description as { code: string }).code),
  fill: () => {},
}

const sent = (value: unknown) => {
  const codes: [id: string, text: string][] = []
  const bytes = encodeValue(value, { functions: hook, codes: (...code) => codes.push(code) })
  return { bytes, codes }
}

const missing = (bytes: Uint8Array, known: ReadonlyMap<string, string>): unknown => {
  try {
    decodeValue(bytes, { functions: hook, codes: (id) => known.get(id) })
    return undefined
  } catch (error) {
    const { code, ids } = error as { code: string; ids: readonly string[] }
    return { code, ids }
  }
}

const long = 'long '.repeat(100)
const value = () => [function_(`a ${long}`), function_(`b ${long}`), function_(`a ${long}`)]

describe('codes apart from a message', () => {
  it('are named in it by a hash, and given once each', () => {
    const { bytes, codes } = sent(value())
    expect(codes).toEqual([`a ${long}`, `b ${long}`].map((text) => [codeIdOf(text), text]))
    expect(bytes.byteLength).toBeLessThan(100)
  })

  it('are put back where the message is read', () => {
    const { bytes, codes } = sent(value())
    const known = new Map(codes)
    const back = decodeValue(bytes, { functions: hook, codes: (id) => known.get(id) }) as (() => string)[]
    expect(back.map((fn) => fn())).toEqual([`a ${long}`, `b ${long}`, `a ${long}`])
  })

  it('are asked for all at once, and then nothing is missing', () => {
    const { bytes, codes } = sent(value())
    const known = new Map<string, string>()
    expect(missing(bytes, known)).toEqual({ code: 'PARSL_DESERIALIZE_CODES', ids: codes.map(([id]) => id) })
    expect(() => decodeValue(bytes, { functions: hook })).toThrow('it needs codes that are not here: ')
    for (const [id, text] of codes) known.set(id, text)
    expect(missing(bytes, known)).toBeUndefined()
  })

  it('are told to the decoder before anything is made', () => {
    const told: string[] = []
    const prepare = (codes: readonly string[]): never => {
      told.push(...codes)
      throw new Error('not yet')
    }
    const create = (): never => {
      throw new Error('too early')
    }
    const { bytes, codes } = sent(value())
    const known = new Map(codes)
    const functions = { ...hook, prepare, create }
    expect(() => decodeValue(bytes, { functions, codes: (id) => known.get(id) })).toThrow('not yet')
    expect(() => decodeValue(encodeValue(value(), { functions: hook }), { functions })).toThrow('not yet')
    expect(told).toEqual([...known.values(), ...known.values()])
  })

  it('do not change a message without functions', () => {
    expect(encodeValue([1, { a: 2 }], { codes: () => expect.unreachable() })).toEqual(encodeValue([1, { a: 2 }]))
  })
})

describe('a store of codes', () => {
  const add = (store: ReturnType<typeof createCodeStore>, text: string): string => {
    const id = codeIdOf(text)
    store.add(id, text)
    return id
  }

  it('forgets what was not asked for the longest', () => {
    const store = createCodeStore(25)
    const first = add(store, 'first     ')
    const second = add(store, 'second    ')
    expect(store.get(first)).toBe('first     ')
    const third = add(store, 'third     ')
    expect([first, second, third].map((id) => store.get(id))).toEqual(['first     ', undefined, 'third     '])
  })

  it('keeps the last one even if it alone is too much, and counts what is added again once', () => {
    const store = createCodeStore(15)
    const large = add(store, 'larger than what is allowed')
    expect(store.get(large)).toBe('larger than what is allowed')
    const ten = add(store, '0123456789')
    for (let round = 0; round < 3; round += 1) add(store, '0123456789')
    const small = add(store, 'abcd')
    expect([large, ten, small].map((id) => store.get(id))).toEqual([undefined, '0123456789', 'abcd'])
  })

  it('takes no text under the id of another', () => {
    const store = createCodeStore(100)
    expect(() => store.add(codeIdOf('a'), 'b')).toThrow('is not the one that was sent')
    expect(store.get(codeIdOf('a'))).toBeUndefined()
  })
})
