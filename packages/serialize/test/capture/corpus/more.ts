/* oxlint-disable -- odd on purpose: each case is a way in which functions are written */
// What the first list leaves out, in the same form.
import { EventEmitter, once } from 'node:events'
import * as nodeFs from 'node:fs'
import posixPath from 'node:path/posix'
import { pack, unpack } from 'msgpackr'
import type { Case } from './cases.ts'
import cjs from './cjs.cjs'
import * as lib from './lib.ts'
import { bump, counter } from './state.ts'

export const cases: Record<string, Case> = {}

class Registry {
  static #made = 2
  static names = ['a']
  static limit: number
  static {
    this.limit = 7
  }
  static get made() {
    return Registry.#made
  }
  static add(name: string) {
    this.names.push(name)
    Registry.#made += 1
    return this.names.length
  }
  #own = 1
  #twice() {
    return this.#own * 2
  }
  get twice() {
    return this.#twice()
  }
}
Registry.add('b')
cases['static fields keep their present values and are not computed again'] = {
  fn: () => [Registry.made, Registry.names.join(), Registry.limit, new Registry().twice],
  expect: [3, 'a,b', 7, 2],
}
const mixin = (Base: any) =>
  class Mixed extends Base {
    who() {
      return `mixed ${super.who()}`
    }
  }
class Root {
  who() {
    return 'root'
  }
  static kind() {
    return 'static'
  }
}
const Mixed = mixin(Root)
cases['a class made by a function'] = {
  fn: () => [new Mixed().who(), (Mixed as any).kind(), new Mixed() instanceof Root],
  expect: ['mixed root', 'static', true],
}
class Bell extends EventEmitter {
  ring() {
    this.emit('ring', 5)
    return this
  }
}
cases['a class of node as superclass'] = {
  fn: async () => {
    const bell = new Bell()
    const heard = once(bell, 'ring')
    bell.ring()
    return (await heard)[0]
  },
  expect: 5,
}
class Failure extends Error {
  override name = 'Failure'
  code = 7
}
cases['an error class as superclass'] = {
  fn: () => {
    const e = new Failure('x')
    return [e instanceof Failure, e instanceof Error, e.message, e.code]
  },
  expect: [true, true, 'x', 7],
}
cases['extends null'] = {
  fn: ((Bare: any) => () => [Object.getPrototypeOf(Bare.prototype) === null, typeof Bare])(
    class extends (null as any) {},
  ),
  expect: [true, 'function'],
}
const tag = Symbol.for('test.tag')
const key = 'dynamic'
class Keyed {
  [tag]() {
    return 1
  }
  static [key] = 3
  get [`${key}2`]() {
    return 4
  }
}
cases['computed keys of methods'] = {
  fn: () => [(new Keyed() as any)[tag](), (Keyed as any).dynamic, (new Keyed() as any).dynamic2],
  expect: [1, 3, 4],
}
const hiddenKey = 'hidden'
class KeyedField {
  [hiddenKey] = 2
}
cases['refuse a computed key of a field that no scope shows'] = {
  fn: () => Object.keys(new KeyedField()),
  refuse: /hiddenKey.*computed key/,
  expect: ['hidden'],
}
cases['async generator'] = {
  fn: async () => {
    const all: number[] = []
    for await (const x of stream(3)) all.push(x)
    return all
  },
  expect: [0, 1, 2],
}
async function* stream(n: number) {
  for (let i = 0; i < n; i++) yield i
}
let changing = (x: number) => x + 1
changing = (x: number) => x + 2
cases['a variable with a function that was assigned again'] = { fn: () => changing(1), expect: 3 }
function replaced() {
  return 'first'
}
// @ts-expect-error -- it is what the case is about
replaced = (
  (before) => () =>
    `${before()} then second`
)(replaced)
cases['a declaration that was assigned again'] = { fn: () => replaced(), expect: 'first then second' }
let total = 0
const add = (x: number) => {
  total += x
}
const read = () => total
cases['two functions share a variable'] = {
  fn: () => {
    add(2)
    add(3)
    return [read(), total]
  },
  expect: [5, 5],
}
let first = 0,
  second = 0
cases['cells in patterns and shorthand'] = {
  fn: () => {
    ;[first, second = 9] = [1] as any
    ;({ first } = { first: first + 1 })
    for (second of [4, 5]);
    return { first, second }
  },
  expect: { first: 2, second: 5 },
}
const counting = () => {
  let n = 0
  return { inc: () => ++n, get: () => n }
}
const one = counting()
cases['refuse two functions that may share a variable of a call'] = {
  fn: () => {
    one.inc()
    return one.get()
  },
  refuse: /n\d? cannot travel.*keep it in an object/,
}
const state = () => {
  const s = { n: 0 }
  return { inc: () => ++s.n, get: () => s.n }
}
const two = state()
cases['two functions share an object of a call'] = {
  fn: () => {
    two.inc()
    return two.get()
  },
  expect: 1,
}
cases['live binding of another file'] = {
  fn: () => {
    bump()
    return counter
  },
  expect: 1,
}
cases['namespace of a file'] = { fn: (x: number) => lib.triple(x), args: [2], expect: 6 }
cases['namespace of a file as a value'] = { fn: () => Object.keys(lib).join(), expect: Object.keys(lib).join() }
cases['package'] = { fn: () => unpack(pack({ a: 1 })).a, expect: 1 }
const alias = nodeFs
const con = console
const maths = Math
const here = globalThis
cases['aliases of modules and globals'] = {
  fn: () => [typeof alias.readFileSync, typeof con.log, maths.abs(-1), typeof here.setTimeout],
  expect: ['function', 'function', 1, 'function'],
}
const { readFileSync } = nodeFs
const { push } = Array.prototype
const sizeOf = Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!
const deps = {
  log: console,
  env: process.env,
  fs: nodeFs,
  path: posixPath,
  math: Math,
  all: globalThis,
  run: process,
  crypto,
}
cases['objects of Node nested in captured data'] = {
  fn: (given: typeof deps) => [
    deps.log === console,
    deps.env === process.env,
    typeof deps.fs.promises.readFile,
    Reflect.get(deps.fs, 'default') === process.getBuiltinModule('fs'),
    deps.path.join('a', 'b'),
    deps.math === Math && deps.all === globalThis && deps.run === process && deps.crypto === crypto,
    given.log === console,
  ],
  args: [{ log: console }],
  expect: [true, true, 'function', true, 'a/b', true, true],
}
cases['refuse a live stream in captured data'] = {
  fn: (
    (io: object) => () =>
      io
  )({ out: process.stdout }),
  refuse:
    /io › out cannot travel: it is a handle \((?:WriteStream|Socket|WritableWorkerStdio)\) of this process; open it where it is used/,
}
cases['refuse a module of Node behind a proxy that changes it'] = {
  fn: (
    (io: object) => () =>
      io
  )({ fs: new Proxy(nodeFs, { get: (module, key) => (key === 'readFile' ? 1 : Reflect.get(module, key)) }) }),
  refuse: /io › fs cannot travel: it is a proxy; pass the object behind it/,
}
cases['functions of modules and prototypes'] = {
  fn: () => {
    const xs: number[] = []
    push.call(xs, 4)
    return [typeof readFileSync, xs[0], sizeOf.call(new Map([[1, 1]]))]
  },
  expect: ['function', 4, 1],
}
cases['a getter as a function'] = {
  fn: Object.getOwnPropertyDescriptor(
    {
      get five() {
        return 5
      },
    },
    'five',
  )!.get as any,
  expect: 5,
}
cases['an async method with odd spacing'] = {
  fn: {
    async 'odd name' /* ( */ /* ( */(x: number) {
      return x + 1
    },
  }['odd name'],
  args: [1],
  expect: 2,
}
const commented = function named /* ( */(x: number) {
  return [x, named.name]
}
cases['a comment with a parenthesis before the parameters'] = {
  fn: commented,
  args: [1],
  expect: [1, commented.name],
}
const rich = Object.assign((x: number) => rich.base + x, { base: 10 })
Object.freeze(rich)
cases['own properties, frozen'] = { fn: () => [rich(1), Object.isFrozen(rich), rich.name], expect: [11, true, ''] }
function Old(this: any, n: number) {
  this.n = n
}
Old.prototype.get = function () {
  return this.n
}
cases['a constructor function'] = {
  fn: () => {
    const o = new (Old as any)(3)
    return [o.get(), o instanceof Old, Object.keys(Old.prototype).join()]
  },
  expect: [3, true, 'get'],
}
class Patched {
  a() {
    return 1
  }
  b() {
    return 1
  }
}
Patched.prototype.b = function () {
  return 2
}
Object.defineProperty(Patched.prototype, 'c', { get: () => 3, configurable: true })
cases['a class changed after it was made'] = {
  fn: () => {
    const p = new Patched() as any
    return [p.a(), p.b(), p.c]
  },
  expect: [1, 2, 3],
}
cases['method of an instance without its class'] = { fn: new Patched().a, expect: 1 }
cases['place of the module'] = {
  fn: () => [import.meta.dirname, import.meta.filename],
  expect: [import.meta.dirname, import.meta.filename],
}
/** What it gives here, with places in stacks as the engine has them, whatever loader maps them. */
const unmapped = <T>(fn: () => T): T => {
  const before = Error.prepareStackTrace
  Error.prepareStackTrace = (error, sites) => [error, ...sites.map((site) => `    at ${site}`)].join('\n')
  try {
    return fn()
  } finally {
    if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Error.prepareStackTrace = before
  }
}
const blame = () => {
  try {
    return (null as any).x
  } catch (e) {
    return /:(\d+:\d+)\)?$/m.exec((e as Error).stack!)![1]
  }
}
cases['line and column of an error'] = { fn: blame, expect: unmapped(blame) }
const blameLater = (n: number): any =>
  n === 0
    ? blame
    : function blamed() {
        try {
          return [].reduce((a) => a)
        } catch (e) {
          return /at (?:(\S+) \()?[^\s(]+?:(\d+:\d+)\)?$/m
            .exec((e as Error).stack!)!
            .slice(1)
            .join()
        }
      }
const late = blameLater(1)
cases['line and column on a later line, with its name'] = { fn: late, expect: unmapped(late) }
cases['a name that is a keyword of the wrapper'] = {
  fn: (
    (v: number, fill: number) => () =>
      v + fill
  )(1, 2),
  expect: 3,
}
cases['dynamic import of node'] = { fn: async () => (await import('node:path')).basename('/a/b'), expect: 'b' }
cases['bound constructor'] = {
  fn: (
    (B: any) => () =>
      new B(2).n
  )(Old.bind(null, 5)),
  expect: 5,
}
cases['a tagged template'] = { fn: () => label`a${1}b`, expect: 'a|b1' }
function label(parts: TemplateStringsArray, ...rest: number[]) {
  return parts.join('|') + rest.join()
}
const atTop = () => typeof (this as any)
// Some tools leave `this` in CommonJS, where it is the exports of the module.
cases['an arrow at the top may name this'] = {
  fn: atTop,
  expect: 'undefined',
  ...(atTop() === 'object' && { refuse: /this/ }),
}
cases['a class and its instance in a result of the other side'] = {
  fn: (t: Root) => [t, new Root()].every((r) => r.constructor === Root && r.who() === 'root'),
  args: [new Root()],
  expect: true,
}

function outer(..._: number[]) {
  return () => arguments.length
}
cases['refuse arguments of an outer function'] = { fn: outer(1), refuse: /arguments.*const args/ }
const parent = {
  hi() {
    return 'hi'
  },
}
const child = {
  __proto__: parent,
  hi() {
    return super['hi']()
  },
} as any
cases['refuse a method with super'] = { fn: child.hi, refuse: /super/ }
cases['refuse a method with a private name'] = {
  fn: Object.getOwnPropertyDescriptor(Registry.prototype, 'twice')!.get as any,
  refuse: /#twice/,
}
;(globalThis as any).mine = () => 1
cases['refuse a global of the program'] = { fn: () => (globalThis as any).mine ?? mine, refuse: /mine.*global/ }
declare const mine: unknown
cases['refuse a proxy of a function'] = { fn: new Proxy(() => 1, {}), refuse: /proxy/ }
function Target() {
  return () => new.target
}
cases['refuse new.target of an outer function'] = { fn: new (Target as any)(), refuse: /new\.target/ }
const withMap = new (class extends WeakMap {})()
cases['refuse a subclass of a weak collection'] = { fn: () => withMap, refuse: /withMap/ }
const deepPromise = { list: [async () => 1, { later: Promise.resolve() }] }
cases['refuse a promise beside functions'] = { fn: () => deepPromise, refuse: /deepPromise › list › 1 › later/ }
let unusual = 1
const closure = () => {
  const inner = { conn: new Intl.Collator() }
  return () => inner.conn
}
cases['refuse what the engine keeps hidden'] = { fn: closure(), refuse: /inner › conn/ }
cases['a reassigned variable never written here'] = { fn: () => unusual, expect: 2 }
unusual = 2
cases['functions of a CommonJS file'] = {
  fn: (x: number) => [cjs.twice(x), cjs.place('a')],
  args: [2],
  expect: [4, cjs.place('a')],
}
