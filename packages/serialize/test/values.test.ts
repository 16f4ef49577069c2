import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue } from '../src/encode/encode-value.ts'
import { difference } from './same.ts'
import { withHoles } from './with-holes.ts'

const sent = <T>(value: T): T => decodeValue(encodeValue(value)) as T

const withFields = <T extends object>(value: T): T => Object.assign(value, { field: 1, [Symbol.for('s')]: [2] })

const ring = (): object => {
  const self: Record<string, unknown> = { n: 1 }
  self['self'] = self
  self['map'] = new Map([[self, new Set([self])]])
  self['error'] = new Error('round', { cause: self })
  return self
}

const sparse = (): unknown[] => withFields(withHoles(2 ** 32 - 1, { 7: 'a', 4_000_000_000: 'b' }))

const hiddenProperties = (): object =>
  Object.defineProperties(
    {},
    {
      a: { value: 1, enumerable: false, writable: true, configurable: true },
      b: { value: 2, enumerable: true, writable: false, configurable: true },
      c: { value: 3, enumerable: true, writable: true, configurable: false },
    },
  )

const lastIndex = (): RegExp => {
  const regexp = /(a)b/dgimsuy
  regexp.lastIndex = 5
  return regexp
}

const twoViews = (): unknown[] => {
  const buffer = new ArrayBuffer(16)
  return [new Uint8Array(buffer, 1, 3), new Uint32Array(buffer), new DataView(buffer, 4), buffer]
}

const renamed = (): Error => {
  const error = withFields(new RangeError('m', { cause: { a: 1 } }))
  error.name = 'Renamed'
  return error
}

const bare = (): Error => {
  const error = new Error()
  delete error.stack
  return error
}

const cases: Record<string, unknown> = {
  numbers: [
    0,
    -0,
    1,
    -1,
    -5,
    -64,
    -65,
    1.5,
    -1.5,
    -64.5,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    1e300,
  ],
  bigints: [0n, -1n, 1n << 64n, -(1n << 200n)],
  'undefined, null and booleans': [undefined, null, true, false],
  strings: [
    '',
    'a',
    'é',
    '\0',
    '\ud800',
    'a\udc00b',
    '\uFEFFa',
    `\uFEFF${'x'.repeat(100)}`,
    '😀'.repeat(50),
    'x'.repeat(70_000),
  ],
  symbols: [Symbol.for('a'), Symbol.for('\ud800'), Symbol.iterator, Symbol.asyncDispose],
  'holes and undefined': withHoles(6, { 0: undefined, 2: 1 }),
  'an array with fields': withFields(withHoles(3, { 0: 1, 2: 3 })),
  'an array whose fields are called as what copies arrays': Object.assign(withHoles(3, { 0: 1, 2: 3 }), {
    constructor: Symbol.iterator,
    [Symbol.iterator]: 1,
  }),
  'a long array with fields': withFields(Array.from({ length: 200 }, (_, index) => index)),
  'a long array with a hidden field': Object.defineProperty(
    Array.from({ length: 100 }, () => 1),
    'h',
    { value: 1 },
  ),
  'a long array with a hole': withHoles(
    152,
    Array.from({ length: 150 }, () => 1),
  ),
  'a long array of numbers': Array.from({ length: 70_000 }, (_, index) => index / 2),
  'a sparse array as long as can be': sparse(),
  'keys that mean something elsewhere': JSON.parse(
    '{"__proto__": {"a": 1}, "constructor": 2, "length": 3, "\\ud800": 4}',
  ),
  'symbol keys': { [Symbol.for('a')]: 1, [Symbol.iterator]: 2, b: 3 },
  'no prototype': [Object.create(null), Object.assign(Object.create(null), { a: 1 })],
  'a prototype that is an object': Object.create({ inherited: 1 }, { own: { value: 2 } }),
  'hidden and fixed properties': hiddenProperties(),
  'frozen, sealed and closed': [
    Object.freeze({ a: 1 }),
    Object.seal([1, 2]),
    Object.preventExtensions({ b: 1 }),
    Object.freeze(withHoles(3, { 0: 1, 2: 2 })),
    Object.freeze([]),
    Object.seal([]),
    Object.freeze({}),
    Object.freeze(new Map([[1, 2]])),
    Object.freeze(hiddenProperties()),
    Object.seal(hiddenProperties()),
  ],
  collections: withFields(
    new Map<unknown, unknown>([
      [{}, -0],
      [NaN, new Set([-1, {}])],
      [new Map(), null],
    ]),
  ),
  dates: [new Date(0), new Date(-5), new Date(8.64e15), new Date(NaN), withFields(new Date(1))],
  'regular expressions': [/a/, lastIndex(), new RegExp('\ud800'), withFields(/[/]\n/u)],
  urls: [new URL('https://u:p@a.b:8/c?d=e#f'), new URLSearchParams('a=1&a=%20')],
  boxed: [
    Object(-0),
    Object('ab\ud800'),
    Object(false),
    Object(3n),
    Object(Symbol.for('x')),
    withFields(Object('abc') as object),
  ],
  errors: [new Error('m'), new TypeError('t'), renamed(), bare(), new AggregateError([new EvalError('e')], 'all')],
  'views that share their buffer': twoViews(),
  'buffers of bytes': [new ArrayBuffer(0), Uint8Array.of(1, 2).buffer, Buffer.alloc(0), Buffer.from('abc')],
  'views of all kinds': [
    Int8Array.of(-1),
    Uint8ClampedArray.of(300),
    Int16Array.of(-300),
    Uint16Array.of(300),
    Int32Array.of(1 << 30),
    Float32Array.of(0.1),
    Float64Array.of(-0, NaN),
    BigInt64Array.of(-1n),
    BigUint64Array.of(1n),
  ],
  'cycles through everything': ring(),
  'shared references': ((one) => [one, [one], new Map([[one, one]])])({ shared: true }),
  'records of two shapes': Array.from({ length: 50 }, (_, n) => (n % 3 === 0 ? { n, a: 1 } : { n, b: 2 })),
  'more shapes than are kept': Array.from({ length: 60 }, (_, n) => ({ n, [`k${n % 20}`]: 1 })),
}

describe('a value', () => {
  it("is read from a view of Node's pool without a hold on the pool", () => {
    const value = { bytes: Buffer.from('abc'), numbers: new Float64Array([1, 2]) }
    const pooled = Buffer.from(encodeValue(value))
    const copy = decodeValue(pooled) as typeof value
    pooled.fill(0)
    expect(copy).toEqual(value)
    expect(copy.bytes.buffer.byteLength).toBe(3)
  })

  it.each(Object.entries(cases))('keeps its meaning: %s', (_, value) => {
    expect(difference(value, sent(value))).toBeUndefined()
  })

  it.each(Object.entries(cases))('gives the same bytes each time: %s', (_, value) => {
    expect(Buffer.from(encodeValue(value)).equals(encodeValue(value))).toBe(true)
    expect(Buffer.from(encodeValue(sent(value))).equals(encodeValue(value))).toBe(true)
  })

  it('of another realm becomes one of this realm', () => {
    const made: unknown = runInNewContext(
      `({ list: [1, , new Map([[1, new Set([2])]])], at: new Date(3), re: /x/g, bytes: new Uint8Array([1]), n: Object(2) })`,
    )
    const same = {
      list: withHoles(3, { 0: 1, 2: new Map([[1, new Set([2])]]) }),
      at: new Date(3),
      re: /x/g,
      bytes: Uint8Array.of(1),
      n: Object(2),
    }
    expect(difference(sent(made), same)).toBeUndefined()
    const error = sent(runInNewContext(`new RangeError('far')`)) as Error
    expect([Object.getPrototypeOf(error) === RangeError.prototype, error.message]).toEqual([true, 'far'])
  })

  it('of a class without a hook is an error that keeps its name, fields and stack', () => {
    class MineError extends TypeError {
      override name = 'MineError'
      code = 42
    }
    class Named extends Error {
      override get name() {
        return 'Named'
      }
    }
    const [mine, named] = [new MineError('no'), new Named('no')]
    expect(sent(mine)).toMatchObject({ name: 'MineError', code: 42, message: 'no', stack: mine.stack })
    expect(Object.getPrototypeOf(sent(mine))).toBe(TypeError.prototype)
    expect(`${String(sent(named))} ${Object.keys(sent(named)).length}`).toBe('Named: no 0')
  })

  it('keeps a DOMException', () => {
    const error = sent(new DOMException('late', 'TimeoutError'))
    expect([error.name, error.message, error.code, error instanceof DOMException]).toEqual([
      'TimeoutError',
      'late',
      23,
      true,
    ])
  })

  it('leaves the neighbours of a pooled buffer at home', () => {
    Buffer.from('a secret of somebody else')
    const pooled = Buffer.from('abc')
    const view = new Uint8Array(pooled.buffer, pooled.byteOffset, 3)
    for (const value of [pooled, view]) {
      const bytes = encodeValue(value)
      expect(bytes.byteLength).toBeLessThan(20)
      const back = decodeValue(bytes) as Uint8Array
      expect([Buffer.from(back).toString(), back.buffer.byteLength]).toEqual(['abc', 3])
    }
  })

  it('sends shared memory as a copy where that is allowed', () => {
    const memory = new SharedArrayBuffer(2)
    new Uint8Array(memory)[1] = 7
    const [back, view] = decodeValue(encodeValue([memory, new Uint8Array(memory)], { sharedMemory: true })) as [
      SharedArrayBuffer,
      Uint8Array,
    ]
    expect([back instanceof SharedArrayBuffer, view.buffer === back, view[1]]).toEqual([true, true, 7])
  })

  it('keeps the bytes of a resizable buffer', () => {
    const buffer = new ArrayBuffer(2, { maxByteLength: 8 })
    new Uint8Array(buffer).set([1, 2])
    expect(sent(new Uint8Array(buffer))).toEqual(Uint8Array.of(1, 2))
  })

  it.runIf('Float16Array' in globalThis)('keeps half floats', () => {
    const made = Reflect.get(globalThis, 'Float16Array') as { of(...items: number[]): Iterable<number> }
    expect([...sent(made.of(1.5, -0))]).toEqual([1.5, -0])
  })
})

describe('a deep value', () => {
  it('does not use up the stack as nested arrays', () => {
    let deep: unknown[] = []
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep]
    let back = sent(deep)
    let depth = 0
    while (back.length > 0) [back, depth] = [back[0] as unknown[], depth + 1]
    expect(depth).toBe(100_000)
  })

  it('does not use up the stack as a linked list', { timeout: 60_000 }, () => {
    interface Link {
      next: Link | null
    }
    let list: Link | null = null
    for (let length = 0; length < 1_000_000; length += 1) list = { next: list }
    let length = 0
    for (let at = sent(list); at !== null; at = at.next) length += 1
    expect(length).toBe(1_000_000)
  })
})
