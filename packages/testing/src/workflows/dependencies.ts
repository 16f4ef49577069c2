import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { eventually } from '../eventually.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { opened } from '../bodies.js'

class Reading {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  get doubled(): number {
    return this.value * 2
  }
}

/** Something with a `then` that is no promise. */
const thenable = <T>(value: T) =>
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is for
  ({ then: (resolve: (given: T) => void) => void Promise.resolve(value).then(resolve) }) as unknown as PromiseLike<T>

const dependencies: Cases<Bench> = {
  'make a chain of a hundred tasks': async ({ parsl }) => {
    const next = parsl.jsApp((n: number) => n + 1)
    let future = next(0)
    for (let length = 1; length < 100; length++) future = next(future)
    expect(await future).toBe(100)
  },
  'are found at any depth of lists, objects, maps and sets': async ({ parsl }) => {
    const number = parsl.jsApp((n: number) => n)
    const show = parsl.jsApp((value: unknown) => value)
    const given = {
      list: [number(1), [number(2), [[[number(3)]]]]],
      map: new Map<unknown, unknown>([
        ['value', number(4)],
        [number(5), { deep: number(6) }],
      ]),
      set: new Set([number(7)]),
    }
    expect(await show(given)).toEqual({
      list: [1, [2, [[[3]]]]],
      map: new Map<unknown, unknown>([
        ['value', 4],
        [5, { deep: 6 }],
      ]),
      set: new Set([7]),
    })
  },
  'may be promises and thenables of any kind': async ({ parsl }) => {
    const sum = parsl.jsApp((numbers: number[]) => numbers.reduce((a, b) => a + b))
    const late = Promise.withResolvers<number>()
    const future = sum([Promise.resolve(1), late.promise, thenable(4)])
    late.resolve(2)
    expect(await future).toBe(7)
  },
  'that are promises of others fail with their reason': async ({ parsl }) => {
    const error = await errorOf(parsl.jsApp((n: number) => n)(Promise.reject(new RangeError('elsewhere'))))
    expect(error).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: { name: 'RangeError' } })
    expect(error.message).toContain('a promise: RangeError: elsewhere')
  },
  'fan out and in again': async ({ parsl }) => {
    const source = parsl.jsApp(() => 2)()
    const times = parsl.jsApp((n: number, factor: number) => n * factor)
    const sum = parsl.jsApp((...numbers: number[]) => numbers.reduce((a, b) => a + b, 0))
    const parts = Array.from({ length: 20 }, (_, factor) => times(source, factor))
    expect(await sum(...parts)).toBe(380)
  },
  'keep a task waiting until all have ended': async ({ parsl, folder }) => {
    const first = parsl.jsApp(opened)(folder.at('gate'))
    const second = parsl.jsApp((path: string) => path.length)(first)
    await eventually(() => first.state === 'running', { guardMs: 60_000 })
    expect(second.state).toBe('pending')
    await folder.fill('gate')
    expect(await second).toBe(folder.at('gate').length)
  },
}

const lifted: Cases<Bench> = {
  'read elements, properties and what a class computes': async ({ parsl }) => {
    const make = parsl.jsApp(() => ({ list: ['a', 'b'], deep: { word: 'c' }, reading: new Reading(21) }))()
    const parts = [
      make.get('list').get(1),
      make.get('deep').get('word'),
      make.get('reading').get('doubled'),
      make.get('reading').get('value'),
    ]
    expect(await Promise.all<unknown>(parts)).toEqual(['b', 'c', 42, 21])
  },
  'are dependencies like any other': async ({ parsl }) => {
    const size = parsl.jsApp(() => ({ width: 3, height: 4 }))()
    const area = parsl.jsApp((width: number, height: number) => width * height)
    expect(await area(size.get('width'), size.get('height'))).toBe(12)
  },
  'read what is not there as JavaScript does': async ({ parsl }) => {
    const make = parsl.jsApp((): { here?: number; gone?: number } => ({ here: 1 }))()
    const nothing = parsl.jsApp((): { key: number } => null as never)()
    expect(await make.get('gone')).toBeUndefined()
    expect(await errorOf(nothing.get('key'))).toBeInstanceOf(TypeError)
  },
  'return at once, whenever the value comes': async ({ parsl, folder }) => {
    const text = parsl.jsApp(opened)(folder.at('gate'))
    const length = text.get('length')
    expect(length.state).toBe('pending')
    await folder.fill('gate')
    expect(await length).toBe(folder.at('gate').length)
  },
}

/** Futures as arguments, and parts of futures. */
export const dependencyGroups: readonly Group<Bench>[] = [
  { name: 'dependencies', cases: dependencies },
  { name: 'parts of a future', cases: lifted },
]
