/* oxlint-disable -- odd on purpose: each case is a way in which functions are written */
// Functions that must travel (each with arguments and the value expected from running it elsewhere), and functions that must be refused
// with the named path in the message. Plain erasable TypeScript: it runs as it is.
import { basename } from 'node:path'
import * as path from 'node:path'
import os from 'node:os'
import Point, { triple, scale as factor } from './lib.ts'

export interface Case {
  fn: (...args: any[]) => unknown
  args?: unknown[]
  expect?: unknown
  /** with `expect` beside it: tools may change what is written so that it can travel, and then that is its value */ refuse?: RegExp
  /** what its error's stack must point at: the line of this file that ends in `// throws` and this text */ throws?: string
  collect?: boolean
  /** run as so many tasks on one worker, each giving the value */ repeat?: number
}
export const cases: Record<string, Case> = {}

cases['plain arrow'] = { fn: (a: number, b: number) => a + b, args: [2, 3], expect: 5 }
cases['plain async'] = {
  fn: async (a: number) => {
    await null
    return a * 2
  },
  args: [4],
  expect: 8,
}
function declared(n: number): number {
  return n + 1
}
cases['function declaration'] = { fn: declared, args: [1], expect: 2 }
const base = 10
cases['module constant'] = { fn: (x: number) => x + base, args: [5], expect: 15 }
const helper = (x: number) => x * base
cases['module helper using a module constant'] = { fn: (x: number) => helper(x) + 1, args: [2], expect: 21 }
cases['named import of node'] = { fn: () => basename('/a/b.txt'), expect: 'b.txt' }
cases['namespace import of node'] = { fn: () => path.join('a', 'b'), expect: 'a/b' }
cases['default import of node'] = { fn: () => typeof os.cpus, expect: 'function' }
cases['relative import'] = { fn: (x: number) => triple(x) + factor, args: [2], expect: 9 }
cases['relative default import, a class'] = { fn: () => new Point(3, 4).norm(), expect: 5 }
cases['instance of an imported class as argument'] = { fn: (p: Point) => p.norm(), args: [new Point(6, 8)], expect: 10 }
function adder(n: number) {
  return (x: number) => x + n
}
cases['closure of an outer call'] = { fn: adder(7), args: [1], expect: 8 }
cases['two levels of closure'] = {
  fn: ((a: number) =>
    (
      (b: number) => (c: number) =>
        a * 100 + b * 10 + c
    )(2))(1),
  args: [3],
  expect: 123,
}
const fact = (n: number): number => (n <= 1 ? 1 : n * fact(n - 1))
cases['recursion through a const'] = { fn: fact, args: [10], expect: 3628800 }
function even(n: number): boolean {
  return n === 0 || odd(n - 1)
}
function odd(n: number): boolean {
  return n !== 0 && even(n - 1)
}
cases['mutual recursion'] = { fn: even, args: [10], expect: true }
cases['named function expression'] = {
  fn: function fib(n: number): number {
    return n < 2 ? n : fib(n - 1) + fib(n - 2)
  },
  args: [12],
  expect: 144,
}
cases['default parameter from the closure'] = { fn: (x = base) => x + 1, expect: 11 }
cases['destructuring and rest'] = {
  fn: ({ a, b: [c, ...d] }: any, ...rest: number[]) => a + c + d.length + rest.length,
  args: [{ a: 1, b: [2, 3, 4] }, 5, 6],
  expect: 7,
}
class Counter {
  #n = 0
  static step = 2
  add(): this {
    this.#n += Counter.step
    return this
  }
  get value(): number {
    return this.#n
  }
}
cases['class with private field, static and getter'] = { fn: () => new Counter().add().add().value, expect: 4 }
class Shape {
  name(): string {
    return 'shape'
  }
}
class Square extends Shape {
  side: number
  constructor(s: number) {
    super()
    this.side = s
  }
  override name(): string {
    return super.name() + this.side
  }
}
cases['captured subclass with super'] = { fn: () => new Square(2).name(), expect: 'shape2' }
const sq = new Square(5)
cases['captured instance keeps its prototype'] = {
  fn: () => `${sq.name()} ${sq instanceof Shape}`,
  expect: 'shape5 true',
}
const table = {
  twice(x: number) {
    return x * 2
  },
  get half() {
    return 0.5
  },
}
cases['method of an object literal'] = { fn: table.twice, args: [4], expect: 8 }
cases['captured object with method and getter'] = { fn: () => table.twice(3) + table.half, expect: 6.5 }
cases['bound function'] = {
  fn: function (this: { k: number }, a: number, b: number) {
    return this.k + a * b
  }.bind({ k: 100 }, 3),
  args: [4],
  expect: 112,
}
cases['generator'] = {
  fn: function* (n: number) {
    for (let i = 0; i < n; i++) yield i
  },
  args: [3],
  expect: [0, 1, 2],
  collect: true,
}
const m = new Map<unknown, unknown>([
  ['k', new Set([1, 2])],
  [3, { d: new Date(0) }],
])
cases['captured Map, Set, Date'] = {
  fn: () => [(m.get('k') as Set<number>).size, (m.get(3) as any).d.getTime()],
  expect: [2, 0],
}
const ring: any = { name: 'ring' }
ring.self = ring
cases['cyclic value'] = { fn: () => ring.self.self.name, expect: 'ring' }
const shared = { n: 1 }
const left = { shared }
const right = { shared }
cases['identity is kept between captured variables'] = { fn: () => left.shared === right.shared, expect: true }
const bytes = new Float64Array([1.5, 2.5])
cases['captured typed array'] = { fn: () => bytes[0]! + bytes[1]!, expect: 4 }
cases['odd numbers and holes'] = {
  fn: (xs: unknown[]) => [
    Object.is(xs[0], -0),
    Number.isNaN(xs[1]),
    xs[2] === Infinity,
    xs[3] === undefined,
    4 in xs,
    xs[5],
  ],
  args: [[-0, NaN, Infinity, undefined, , 10n]],
  expect: [true, true, true, true, false, 10n],
}
const re = /(\w+)@(\w+)/giu
cases['captured regular expression'] = { fn: (s: string) => s.replace(re, '$2'), args: ['a@b c@d'], expect: 'b d' }
cases['globals stay global'] = {
  fn: () => Math.max(1, 2) + JSON.stringify({}).length + typeof process.pid,
  expect: '4number',
}
const fns = { inc: (x: number) => x + 1, list: [(x: number) => x * 2] }
cases['functions inside captured data'] = { fn: (x: number) => fns.list[0]!(fns.inc(x)), args: [1], expect: 4 }
cases['function as an argument'] = {
  fn: (f: (x: number) => number, x: number) => f(x),
  args: [(x: number) => x + base, 1],
  expect: 11,
}
cases['async arrow awaiting a captured helper'] = {
  fn: async (x: number) => {
    const later = await Promise.resolve(helper(x))
    return later
  },
  args: [1],
  expect: 10,
}
cases['throws a captured error class'] = {
  fn: () => {
    class Mine extends Error {
      code = 42
    }
    try {
      throw new Mine('no')
    } catch (e) {
      return (e as Mine).code
    }
  },
  expect: 42,
}
cases['for-loop closures differ'] = { fn: [0, 1, 2].map((i) => () => i)[2]!, expect: 2 }

const wm = new WeakMap()
cases['refuse a captured WeakMap'] = { fn: () => wm.has({}), refuse: /wm/ }
const pending = { deep: [{ p: Promise.resolve(1) }] }
cases['refuse a captured promise, with its path'] = { fn: () => pending.deep.length, refuse: /pending.*deep.*0.*p/ }
cases['refuse a native function that no name reaches'] = { fn: new Intl.Collator().compare as any, refuse: /native/ }
cases['a bound well-known native travels'] = { fn: Math.max.bind(null, 3), args: [2], expect: 3 }
const sock = {
  conn: new (class Handle {
    fd = new (class extends WeakRef<object> {})({})
  })(),
}
cases['refuse a weak reference inside an instance'] = { fn: () => sock.conn, refuse: /sock.*conn.*fd/ }

class Vault {
  #secret = 1
  read(): number {
    return this.#secret
  }
}
const vault = new Vault()
cases['refuse an instance with a private field, with its path'] = { fn: () => vault.read(), refuse: /vault/ }
class Sealed {
  #n: number
  constructor(n: number) {
    this.#n = n
  }
  get n(): number {
    return this.#n
  }
  static [Symbol.for('parsl.encode')](it: Sealed): unknown {
    return it.#n
  }
  static [Symbol.for('parsl.decode')](data: unknown): Sealed {
    return new Sealed(data as number)
  }
}
const sealed = new Sealed(12)
cases['an instance with encode and decode travels'] = { fn: () => sealed.n, expect: 12 }
class Lab {
  k = 3
  make() {
    return () => this.k
  }
}
cases['refuse an arrow that uses an outer this, with the fix'] = { fn: new Lab().make(), refuse: /this/ }
cases['refuse direct eval'] = { fn: () => eval('1 + 1'), refuse: /eval/ }
const where = import.meta.url
cases['import.meta of the defining module'] = { fn: () => import.meta.url === where, expect: true }
const { log } = console
cases['a destructured well-known method'] = { fn: () => typeof log, expect: 'function' }
const site = new URL('https://a.b/c')
cases['captured URL'] = { fn: () => site.host, expect: 'a.b' }
const odd2 = JSON.parse('{"__proto__": 1, "a": 2}')
cases['own __proto__ key, symbol key, lone surrogate, null prototype'] = {
  fn: (o: any) => [
    Object.hasOwn(odd2, '__proto__'),
    o[Symbol.for('k')],
    o.s === '\ud800',
    Object.getPrototypeOf(o.n) === null,
  ],
  args: [{ [Symbol.for('k')]: 1, s: '\ud800', n: Object.create(null) }],
  expect: [true, 1, true, true],
}
const buf = new ArrayBuffer(4)
const u8 = new Uint8Array(buf)
const u32 = new Uint32Array(buf)
cases['two views stay one buffer'] = {
  fn: () => {
    u8[0] = 1
    return u32[0]! & 255
  },
  expect: 1,
}
const pooled = Buffer.from('abc')
cases['a pooled Buffer (its neighbours in the pool must not travel)'] = {
  fn: (b: Buffer) => b.toString(),
  args: [pooled],
  expect: 'abc',
}
let n = 0
cases['a counter in a closure starts afresh for each task'] = { fn: () => ++n, expect: 1, repeat: 3 }
class Twin {
  x = 1
}
cases['one class for argument and closure'] = { fn: (t: Twin) => t instanceof Twin, args: [new Twin()], expect: true }
