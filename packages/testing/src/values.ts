/** A class of the suite's own, whose instances keep it. */
class Point {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}

const cyclic = (): object => {
  const ring: { name: string; self?: object; list: unknown[] } = { name: 'ring', list: [] }
  ring.self = ring
  ring.list.push(ring)
  return ring
}

/** A value of each kind that travels, made anew. */
export const kindsOfValues = (): Readonly<Record<string, unknown>> => ({
  undefined: undefined,
  null: null,
  booleans: [true, false],
  numbers: [0, -0, 1.5, -1, 2 ** 53, Number.MAX_VALUE, Infinity, -Infinity, NaN],
  bigint: [10n ** 30n, -1n],
  text: ['', 'plain', 'ü – 日本 – 🦑', 'a\0b', 'x'.repeat(100_000)],
  'symbol by name': [Symbol.for('parsl.test'), Symbol.iterator],
  'a date': new Date(1_700_000_000_123),
  'a pattern': /(\w+)@\w+/giu,
  'an address': new URL('https://example.org/a?b=c#d'),
  'nested containers': { list: [1, [2, { three: [3] }]], empty: [{}, []] },
  'a map': new Map<unknown, unknown>([
    ['key', 1],
    [2, new Set(['a'])],
  ]),
  'a set': new Set([1, 'two', 3n]),
  bytes: Buffer.from('bytes'),
  'typed arrays': [new Uint8Array([1, 2, 255]), new Float64Array([1.5, -0, NaN]), new BigInt64Array([-1n])],
  'a buffer': new Uint8Array([1, 2, 3]).buffer,
  'an error': new RangeError('out of range', { cause: new Error('below') }),
  'an instance': [new Point(3, 4)],
  'keys that are symbols': { [Symbol.for('parsl.key')]: 1, plain: 2 },
  'an object that holds itself': cyclic(),
  'a thousand records': Array.from({ length: 1_000 }, (_, id) => ({ id, name: `record ${id}`, even: id % 2 === 0 })),
})
