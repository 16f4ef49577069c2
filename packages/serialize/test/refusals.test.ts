import { PassThrough } from 'node:stream'
import { constants, runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue, type EncodeOptions } from '../src/encode/encode-value.ts'
import { withHoles } from './with-holes.ts'

const refusal = (value: unknown, options?: EncodeOptions): { code: unknown; path: unknown; message: string } => {
  try {
    encodeValue(value, options)
  } catch (error) {
    const { code, details, message } = error as { code: string; details: { path: string }; message: string }
    return { code, path: details.path, message }
  }
  throw new Error('it was not refused')
}

/** Imported by Node itself: the test runner wraps modules in proxies. */
const pathModule = () =>
  runInThisContext(`import('node:path')`, {
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as Promise<unknown>

function* numbers() {
  yield 1
}
function argumentsOf() {
  return arguments
}
class Point {
  x = 1
}
class Vault {
  #secret = 1
  read() {
    return this.#secret
  }
}
const fn = () => 0
const detached = new ArrayBuffer(1)
structuredClone(detached, { transfer: [detached] })

const iterator = 'it is an iterator, which cannot be rewound; collect it first ([...iterator])'
const weak = 'what a weak collection holds cannot be listed; use a Map or Set'
const shared =
  'shared memory stays in its process; pass it as an argument to a thread, or copy it (new Uint8Array(shared).slice())'
const noClass = (name: string) =>
  `it is an instance of class ${name}, which does not travel here; pass plain data, or register the class`

const table: [string, unknown, string][] = [
  ['a promise', Promise.resolve(1), 'it is a promise; await it first, or pass it as an argument'],
  ['a WeakMap', new WeakMap(), weak],
  ['a WeakSet', new WeakSet(), weak],
  ['a WeakRef', new WeakRef({}), 'it is a weak reference; pass what deref() gives'],
  ['a generator', numbers(), iterator],
  ['an iterator of an array', [1].values(), iterator],
  ['an iterator of a Map', new Map().keys(), iterator],
  ['a proxy', new Proxy({}, {}), 'it is a proxy; pass the object behind it, or a copy'],
  ['a function', fn, 'it is a function (fn); functions do not travel here'],
  ['a class', Point, 'it is a function (Point); functions do not travel here'],
  ['a symbol of its own', Symbol('mine'), 'Symbol(mine) is equal to itself only here; use Symbol.for(name)'],
  ['arguments', argumentsOf(), 'it is an arguments object; pass [...arguments]'],
  ['a module', await pathModule(), 'it is a module; import it where it is used'],
  ['a signal', AbortSignal.abort(), 'a signal stays in its process; cancel the future instead'],
  ['a stream', new PassThrough(), 'it is a handle (PassThrough) of this process; open it where it is used'],
  ['a port', new MessageChannel().port1, 'it is a handle (MessagePort) of this process; open it where it is used'],
  ['shared memory', new SharedArrayBuffer(1), shared],
  ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(1)), shared],
  [
    'a detached buffer',
    detached,
    'it is detached: its bytes were moved to another thread, or to an earlier try; pass a copy',
  ],
  [
    'the pool of buffers',
    Buffer.from('abc').buffer,
    'it is the pool that unrelated buffers share; copy the part you need (Uint8Array.from(buffer).buffer)',
  ],
  ['an instance', new Point(), noClass('Point')],
  ['an instance of the platform', new Blob([]), noClass('Blob')],
  ['an instance of Intl', new Intl.Collator(), noClass('Collator')],
  ['an instance of a class that extends Map', new (class Mine extends Map {})(), noClass('Mine')],
  [
    'a getter',
    {
      get now() {
        return 1
      },
    },
    "its property 'now' is a getter or setter; copy it as data first ({ ...object })",
  ],
  [
    'a setter under a symbol',
    { set [Symbol.for('s')](_: unknown) {} },
    'its property [Symbol(s)] is a getter or setter; copy it as data first ({ ...object })',
  ],
]

describe('a refusal', () => {
  it.each(table)('of %s says why and what to do', (_, value, reason) => {
    expect(refusal(value)).toEqual({
      code: 'PARSL_SERIALIZE',
      path: 'value',
      message: `value cannot travel: ${reason}`,
    })
    expect(refusal([{ deep: value }]).path).toBe('value › 0 › deep')
  })

  it.each<[string, unknown]>([
    ['value › list › 3 › socket', { list: [0, 1, 2, { socket: fn }] }],
    ['value › get("k")', new Map([['k', fn]])],
    ['value › get((object)) › a', new Map([[{}, { a: fn }]])],
    ['value › key (function)', new Map([[fn, 1]])],
    ['value › item 1', new Set([1, fn])],
    ['value › [Symbol(s)] › 0', { [Symbol.for('s')]: [fn] }],
    ['value › cause › fn', new Error('e', { cause: { fn } })],
    ['value › field', Object.assign(new Map([[1, 2]]), { field: fn })],
    ['value › prototype › method', Object.create({ method: fn })],
    ['value › 1', withHoles(2, { 1: fn })],
  ])('names the place: %s', (path, value) => {
    expect(refusal(value).path).toBe(path)
  })

  it('starts with the name that was given', () => {
    expect(refusal({ config: { socket: fn } }, { name: 'argument 2' }).message).toBe(
      'argument 2 › config › socket cannot travel: it is a function (fn); functions do not travel here',
    )
  })

  it('shortens a path that is very long', () => {
    let deep: unknown = fn
    for (let depth = 0; depth < 5000; depth += 1) deep = [deep]
    expect(refusal(deep).path).toContain('… 4980 more …')
  })

  it('of hidden state asks for encode and decode', () => {
    const functions = { describe: () => ({ name: 'Vault' }), hasHiddenState: (it: object) => it instanceof Vault }
    expect(refusal({ vault: new Vault() }, { functions }).message).toBe(
      'value › vault cannot travel: its class Vault keeps what cannot be read from outside; give the class static ' +
        "[Symbol.for('parsl.encode')](instance) and [Symbol.for('parsl.decode')](data), " +
        'or make it inside the body from plain data',
    )
  })

  it('of a value that is too large says how large it is', () => {
    expect(refusal(new Uint8Array(1000), { maxBytes: 100 }).message).toMatch(
      /^value cannot travel: it takes 10\d\d bytes, and 100 are allowed; pass a file$/u,
    )
  })

  it('runs no getter, and changes nothing', () => {
    let ran = false
    const value = Object.freeze({
      get trap() {
        ran = true
        return 1
      },
    })
    expect(() => encodeValue(value)).toThrow('getter')
    expect(ran).toBe(false)
  })
})

describe('a function without a hook', () => {
  it('is refused when it arrives as well', () => {
    const bytes = encodeValue(fn, { functions: { describe: () => ({ name: 'fn' }) } })
    expect(() => decodeValue(bytes)).toThrow('it holds a function, and functions are not expected here')
  })
})
