import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue } from '../src/encode/encode-value.ts'
import { difference } from './same.ts'

const text = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 8 })
const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer({ min: -70, max: 5 }),
  fc.bigInt(),
  fc.boolean(),
  text,
  fc.constantFrom<unknown>(undefined, null, -0, Symbol.iterator),
  text.map((name) => Symbol.for(name)),
)
const key = fc.oneof<fc.Arbitrary<PropertyKey>[]>(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '0', '7'),
  text,
  text.map((name) => Symbol.for(name)),
)
const make = fc.constantFrom<() => object>(
  () => ({}),
  () => [],
  () => Object.create(null) as object,
  () => new Map(),
  () => new Set(),
  () => new Error('e'),
  () => new Date(1),
  () => Object('boxed') as object,
  () => Object.create({ up: 1 }) as object,
)

type Step = { at: number; key: PropertyKey; hidden: boolean } & ({ leaf: unknown } | { to: number })

const put = (target: object, step: Step, value: unknown): void => {
  if (target instanceof Map) target.set(value, step.key)
  if (target instanceof Set) target.add(value)
  if (Array.isArray(target) && step.at % 2 === 0) {
    target.push(value)
    if (step.hidden) target.length += 2
    return
  }
  Reflect.defineProperty(target, step.key, {
    value,
    // Attributes of elements are not looked at.
    enumerable: !step.hidden || (Array.isArray(target) && /^\d+$/u.test(String(step.key))),
    writable: true,
    configurable: true,
  })
}

const close = [Object.freeze, Object.seal, Object.preventExtensions, (value: object) => value]

/** A graph: objects first, then links between them and to leaves, then locks. */
const graph = fc
  .tuple(
    fc.array(fc.tuple(make, fc.nat(7)), { minLength: 1, maxLength: 12 }),
    fc.array(
      fc.record({ at: fc.nat(100), key, hidden: fc.boolean(), link: fc.option(fc.nat(100), { nil: undefined }), leaf }),
      { maxLength: 60 },
    ),
  )
  .map(([made, steps]) => {
    const objects = made.map(([one]) => one())
    for (const step of steps) {
      const target = objects[step.at % objects.length] as object
      put(target, { ...step, leaf }, step.link === undefined ? step.leaf : objects[step.link % objects.length])
    }
    for (const [index, [, level]] of made.entries()) close[Math.min(level, 3)]?.(objects[index] as object)
    return objects
  })

it('arbitrary graphs of objects arrive as they were', () => {
  fc.assert(
    fc.property(graph, (value) => {
      const bytes = encodeValue(value)
      const back = decodeValue(bytes)
      expect(difference(value, back)).toBeUndefined()
      expect(Buffer.from(encodeValue(back)).equals(bytes)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

it('arbitrary trees arrive as they were', () => {
  const tree = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  })
  fc.assert(
    fc.property(tree, (value) => {
      expect(difference(value, decodeValue(encodeValue(value)))).toBeUndefined()
    }),
    { numRuns: 1000 },
  )
})
