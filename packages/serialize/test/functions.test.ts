import { runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue } from '../src/encode/encode-value.ts'
import type { AnyFunction, FunctionDecoder, FunctionEncoder } from '../src/functions.ts'

type Captured = Record<string, unknown>

const compile = (code: string, captured: Captured): AnyFunction =>
  (runInThisContext(`(captured) => ${code}`) as (captured: Captured) => AnyFunction)(captured)

/** A closure over a record: its code is the source of a function that takes the record. */
const closure = (code: string, captured: Captured, properties?: Record<string, unknown>): (() => unknown) => {
  const made = compile(code, captured) as () => unknown
  return Object.assign(made, properties, { [Symbol.for('toy')]: { code, captured, properties } })
}

const toys = (known: Record<string, AnyFunction>): FunctionEncoder & FunctionDecoder => {
  const cells = new Map<AnyFunction, Captured>()
  return {
    describe: (fn) => {
      const name = Object.keys(known).find((key) => known[key] === fn)
      if (name !== undefined) return { name }
      const { code, ...parts } = Reflect.get(fn, Symbol.for('toy')) as { code: string; captured: Captured }
      return { code: { id: code, text: code }, ...parts }
    },
    create: (description) => {
      if ('name' in description) return known[description.name] as AnyFunction
      const captured: Captured = {}
      const made = compile(description.code, captured)
      cells.set(made, captured)
      return made
    },
    fill: (fn, { captured, properties }) => {
      Object.assign(cells.get(fn as AnyFunction) as Captured, captured)
      Object.assign(fn, properties)
    },
  }
}

const sent = <T>(value: T, known: Record<string, AnyFunction> = {}): T => {
  const functions = toys(known)
  return decodeValue(encodeValue(value, { functions }), { functions }) as T
}

class Point {
  x: number
  y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  norm() {
    return Math.hypot(this.x, this.y)
  }
}

class Sealed {
  #data: unknown
  constructor(data: unknown) {
    this.#data = data
  }
  get data() {
    return this.#data
  }
  static [Symbol.for('parsl.encode')](it: Sealed): unknown {
    return it.#data
  }
  static [Symbol.for('parsl.decode')](data: unknown): Sealed {
    return new Sealed(data)
  }
}

class Coded extends Error {
  code = 3
}
class Lookup extends Map<string, number> {
  twice(key: string) {
    return 2 * (this.get(key) ?? 0)
  }
}

describe('functions', () => {
  it('may be a getter or a setter of an object', () => {
    const total = closure('() => captured.n * 2', { n: 21 })
    const source = Object.defineProperty({}, 'total', { get: total, enumerable: true, configurable: true })
    const copy = sent(source)
    expect(copy).toEqual({ total: 42 })
    const found = Object.getOwnPropertyDescriptor(copy, 'total')
    expect(found).toEqual({
      get: expect.any(Function) as unknown,
      set: undefined,
      enumerable: true,
      configurable: true,
    })
  })

  it('travel by name, and as closures with what they close over', () => {
    const shared = { n: 1 }
    const read = closure('() => captured.shared', { shared })
    const back = sent({ max: Math.max, read, shared }, { max: Math.max })
    expect([back.max, back.read() === back.shared]).toEqual([Math.max, true])
  })

  it('close cycles with themselves, each other and the objects that hold them', () => {
    const cells: Captured = { base: { step: 2 } }
    const even = closure('(n) => n === 0 || captured.odd(n - 1)', cells)
    const odd = closure('(n) => n !== 0 && captured.even(n - 1)', cells)
    Object.assign(cells, { even, odd })
    const holder: Record<string, unknown> = { even }
    cells['holder'] = holder
    const back = sent(holder) as { even: (n: number) => boolean }
    expect([back.even(10), back.even(7)]).toEqual([true, false])
  })

  it('keep their properties, and are one function for every place that holds them', () => {
    const counted = closure('() => 1', {}, { calls: 5 })
    const [one, other] = sent([counted, counted])
    expect([one === other, Reflect.get(one as object, 'calls')]).toEqual([true, 5])
  })

  it('of equal code carry it once', () => {
    const code = `() => captured.i /* ${'long '.repeat(200)} */`
    const closures = Array.from({ length: 100 }, (_, i) => closure(code, { i }))
    const functions = toys({})
    expect(encodeValue(closures, { functions }).byteLength).toBeLessThan(4000)
    expect(sent(closures).map((one) => one())).toEqual(closures.map((one) => one()))
  })

  it('are refused by the hook with the path it was given', () => {
    const describe = (_: AnyFunction, path: string): never => {
      throw new Error(`no: ${path}`)
    }
    expect(() => encodeValue({ a: [() => 0] }, { functions: { describe } })).toThrow('no: value › a › 0')
  })

  it('name the closure in the path of what they close over', () => {
    const align = closure('(function align() {})', { cfg: { socket: new WeakMap() } })
    expect(() => sent({ align })).toThrow('value › align › closure of align › cfg › socket cannot travel')
  })
})

describe('an instance', () => {
  it('keeps its class and fields', () => {
    const back = sent([new Point(3, 4), Point], { Point }) as [Point, typeof Point]
    expect([back[0].norm(), Object.getPrototypeOf(back[0]) === back[1].prototype]).toEqual([5, true])
  })

  it('of a class that extends one of the language keeps both', () => {
    const lookup = Object.assign(new Lookup([['a', 2]]), { field: 1 })
    const [back, error] = sent([lookup, new Coded('m', { cause: lookup })], { Lookup, Coded }) as [Lookup, Coded]
    expect([back.twice('a'), Reflect.get(back, 'field')]).toEqual([4, 1])
    expect([error instanceof Coded, error.code, error.message, error.cause === back]).toEqual([true, 3, 'm', true])
  })

  it('that its class encodes is made by its class, also inside another', () => {
    const shared = { n: 1 }
    const inner = new Sealed(shared)
    const back = sent([new Sealed([inner, shared]), inner, shared], { Sealed }) as [Sealed, Sealed, object]
    expect([(back[0].data as unknown[])[0] === back[1], back[1].data === back[2]]).toEqual([true, true])
    expect((back[0].data as unknown[])[1]).toBe(back[2])
  })

  it('must not be part of its own encoded form', () => {
    const data: Record<string, unknown> = {}
    const sealed = new Sealed(data)
    data['back'] = sealed
    expect(() => sent(sealed, { Sealed })).toThrow('value › encoded form › back cannot travel: it is part of its own')
  })
})
