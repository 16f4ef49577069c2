import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFunctions } from '@parsl/serialize'

const functions = createFunctions()
const of = (value: unknown): string => functions.identityOf(value)

class Point {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}

class Place {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  get far(): boolean {
    return this.x + this.y > 10
  }
}

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (value instanceof Map) return new Map([...value].toReversed().map(([key, one]) => [key, reversed(one)]))
  if (value instanceof Set) return new Set([...value].toReversed())
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toReversed()
  const turned = {}
  for (const [key, one] of entries)
    Object.defineProperty(turned, key, { value: reversed(one), enumerable: true, writable: true, configurable: true })
  return turned
}

const data = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('record'), tie('map'), tie('set')),
  leaf: fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.bigInt(),
    fc.constantFrom(null, undefined, -0, NaN, '', 'long '.repeat(80)),
  ),
  list: fc.array(tie('any'), { maxLength: 5 }),
  record: fc.dictionary(fc.string(), tie('any'), { maxKeys: 5, noNullPrototype: true }),
  map: fc.array(fc.tuple(fc.string(), tie('any')), { maxLength: 5 }).map((entries) => new Map(entries)),
  set: fc.array(tie('leaf'), { maxLength: 5 }).map((items) => new Set(items)),
})).any

describe('the identity of data', () => {
  it('does not depend on the order of fields, of entries of a Map, or of items of a Set', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(of(reversed(value))).toBe(of(value))
      }),
    )
  })

  it('does not depend on whether equal parts are one object', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(of([value, reversed(value)])).toBe(of([value, value]))
      }),
    )
  })

  it('is that of what comes back from a copy', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(of(structuredClone(value))).toBe(of(value))
      }),
    )
  })

  const different: readonly (readonly [string, unknown, unknown])[] = [
    ['0 and -0', 0, -0],
    ['a number and its text', 1, '1'],
    ['true and 1', true, 1],
    ['null and undefined', null, undefined],
    ['undefined and nothing', [undefined], []],
    ['a hole and undefined', Array.from({ length: 1 }), Array(1)],
    ['a bigint and a number', 1n, 1],
    ['orders of a list', [1, 2], [2, 1]],
    ['a field that is undefined and none', { a: undefined }, {}],
    ['a list and an object like it', ['a'], { 0: 'a' }],
    ['a Map and an object', new Map([['a', 1]]), { a: 1 }],
    ['a Set and a list', new Set([1]), [1]],
    ['nesting', [[1], 2], [[1, 2]]],
    ['neighbours', ['ab', 'c'], ['a', 'bc']],
    ['keys and values', { a: 'b' }, { b: 'a' }],
    ['typed arrays of other types', new Uint8Array([1, 0]), new Uint16Array([1])],
    ['typed arrays of other contents', new Float64Array([1, 2]), new Float64Array([2, 1])],
    ['large typed arrays', new Float64Array(999), new Float64Array(999).fill(1, 998)],
    ['a Buffer and a Uint8Array', Buffer.from([1]), new Uint8Array([1])],
    ['instances of classes that differ in a method', new Point(1, 2), new Place(1, 2)],
    ['an instance and an object like it', new Point(1, 2), { x: 1, y: 2 }],
    ['dates', new Date(1), new Date(2)],
    ['regular expressions', /a/u, /a/gu],
    ['errors', new Error('a'), new TypeError('a')],
    ['texts with lone surrogates', '\uD800', '\uD801'],
    ['a symbol and its name', Symbol.for('a'), 'a'],
    ['a registered and a well-known symbol', Symbol.for('iterator'), Symbol.iterator],
    ['no prototype', Object.create(null), {}],
    [
      'a getter and its value',
      {
        get a() {
          return 1
        },
      },
      { a: 1 },
    ],
    ['long texts', 'x'.repeat(1000), `${'x'.repeat(999)}y`],
  ]
  it.each(different)('tells apart: %s', (_name, a, b) => {
    expect(of(a)).not.toBe(of(b))
  })

  const same: readonly (readonly [string, unknown, unknown])[] = [
    ['instances of one class', new Point(1, 2), new Point(1, 2)],
    ['views at other places of other buffers', new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
    ['shared and other memory', new Uint8Array(new SharedArrayBuffer(2)), new Uint8Array(2)],
    ['errors made at other places', new Error('a'), new Error('a')],
    ['frozen and open', Object.freeze({ a: 1 }), { a: 1 }],
    ['functions with other formatting', (a: number) => a + 1, (a: number) => /* one more */ a + 1],
    ['dates', new Date(1), new Date(1)],
    ['NaN', NaN, -NaN],
  ]
  it.each(same)('is one for equal: %s', (_name, a, b) => {
    expect(of(a)).toBe(of(b))
  })

  it('of what leads back to itself is the same each time', () => {
    const ring = (size: number): object => {
      const nodes = Array.from({ length: size }, (_, id): { id: number; next?: object } => ({ id }))
      nodes.forEach((node, at) => (node.next = nodes[(at + 1) % size] as object))
      return nodes[0] as object
    }
    expect(of(ring(3))).toBe(of(ring(3)))
    expect(of(ring(3))).not.toBe(of(ring(4)))
  })

  it('of a graph with many ways through it is found in no time', () => {
    const nodes = Array.from({ length: 60 }, (): { to: object[] } => ({ to: [] }))
    for (const node of nodes) node.to = nodes
    expect(of(nodes[0])).toBe(of(nodes[0]))
    let doubled: object = { name: 'x'.repeat(300) }
    for (let level = 0; level < 60; level += 1) doubled = [doubled, doubled]
    expect(of(doubled)).toMatch(/^[\w-]{43}$/)
  })

  it('of a very deep list is found', () => {
    let deep: unknown[] = []
    for (let level = 0; level < 50_000; level += 1) deep = [deep]
    expect(of(deep)).toMatch(/^[\w-]{43}$/)
  })

  it('takes what stands in for an instance', () => {
    const standIn = (value: object) => (value instanceof Point ? { value: value.x } : undefined)
    expect(functions.identityOf([new Point(1, 2)], { standIn })).toBe(
      functions.identityOf([new Point(1, 3)], { standIn }),
    )
    expect(functions.identityOf(new Point(1, 2), { standIn })).not.toBe(of(1))
  })

  it('is refused with the path for what has none', () => {
    expect(() => functions.identityOf({ job: { done: Promise.resolve() } }, { name: 'argument 1' })).toThrow(
      'argument 1 › job › done',
    )
    expect(() => of(Symbol('mine'))).toThrow('equal to itself only here')
    expect(() => of(new Proxy({}, {}))).toThrow('it is a proxy')
  })
})

describe('the identity of a function', () => {
  const scaledBy = (factor: unknown) => (value: number) => [value, factor]

  it('counts what it captures, in whatever order', () => {
    expect(of(scaledBy({ a: 1, b: 2 }))).toBe(of(scaledBy({ b: 2, a: 1 })))
    expect(of(scaledBy({ a: 1, b: 2 }))).not.toBe(of(scaledBy({ a: 1, b: 3 })))
  })

  it('is found where functions call each other', () => {
    const isEven = (n: number): boolean => n === 0 || isOdd(n - 1)
    const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1)
    expect(of(isEven)).toBe(of(isEven))
    expect(of(isEven)).not.toBe(of(isOdd))
  })
})

describe('the anatomy of a function', () => {
  const threshold = 4
  const settings = { depth: 2 }
  const helper = (n: number): boolean => n > threshold
  const body = (n: number): Place | undefined => (helper(n) ? new Place(n, settings.depth) : undefined)

  it('names each function that is reached, and each value that it holds', () => {
    const { identity, parts } = functions.anatomyOf(body, { name: 'align' })
    expect(identity).toBe(of(body))
    expect(parts.map(({ label, shown }) => [label, shown])).toEqual([
      ['function align', undefined],
      ['closure of align › settings', undefined],
      ['function Place', undefined],
      ['function helper', undefined],
      ['closure of helper › threshold', '4'],
    ])
  })

  it('gives the classes that are reached, by their identities', () => {
    expect([...functions.anatomyOf(body).classes]).toEqual([[of(Place), Place]])
  })
})
