/* oxlint-disable -- odd on purpose: each case is a way in which functions are written */
// What loaders and bundlers make something else of: imports of each kind, modules that import each other, and places.
import { deepEqual } from 'node:assert/strict'
import fs, { existsSync as exists } from 'node:fs'
import { createRequire } from 'node:module'
import * as util from 'node:util'
import type { Case } from './cases.ts'
import Point, * as lib from './lib.ts'
import { deep, Failing, rethrown } from './thrower.ts'

export const cases: Record<string, Case> = {}

cases['a renamed import, and a default one beside it'] = {
  fn: () => [exists('/'), fs.existsSync('/'), typeof fs.promises.readFile],
  expect: [true, true, 'function'],
}
cases['an import that is called alone, and passed on'] = {
  fn: () => {
    deepEqual({ a: 1 }, { a: 1 })
    return [1, 'b'].map(util.inspect as any).length + [exists].length
  },
  expect: 3,
}
cases['a default import beside a namespace'] = {
  fn: () => [new Point(3, 4).norm(), new lib.default(6, 8).norm(), lib.scale],
  expect: [5, 10, 3],
}
const { inspect, ...others } = util
const { promisify: asPromise } = others
const { types } = util
cases['parts taken of a namespace'] = {
  fn: () => [inspect('a'), typeof asPromise, types.isMap(new Map())],
  expect: ["'a'", 'function', true],
}
const load = createRequire(import.meta.url)
cases['require under another name'] = { fn: () => load('node:path').basename('/a/b'), expect: 'b' }
cases['a namespace that is passed on'] = {
  fn: () => ((given: typeof lib) => given.triple(2))(lib),
  expect: 6,
}
cases['an import in a default, a template and a shorthand'] = {
  fn: (x = lib.scale, o = { inspect, exists }) => `${x}${typeof o.exists}${typeof o.inspect}`,
  expect: '3functionfunction',
}

const { Error: Failure, Map: Table, Promise: Later, Buffer: Bytes, process: program } = globalThis
cases['globals as values'] = {
  fn: () => [
    new Failure('x') instanceof Error,
    new Table([[1, 2]]) instanceof Map,
    Later.resolve() instanceof Promise,
    Bytes.from('a') instanceof Uint8Array,
    program === process,
  ],
  expect: [true, true, true, true, true],
}
const ofNode = (() => {
  try {
    return fs.readFileSync('/there/is/none')
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
})() as NodeJS.ErrnoException
cases['an error of Node'] = { fn: () => [ofNode.code, ofNode instanceof Error], expect: ['ENOENT', true] }
class Mine extends Failure {
  code = 'E'
}
class Full extends Table<string, number> {
  total() {
    return [...this.values()].reduce((a, b) => a + b, 0)
  }
}
cases['classes that extend globals'] = {
  fn: () => [new Mine('x') instanceof Error, new Mine('y').message, new Full([['a', 2]]).total()],
  expect: [true, 'y', 2],
}
const bytesOf = util.inspect.defaultOptions
cases['an object of Node'] = { fn: () => typeof bytesOf.depth, expect: 'number' }

cases['a stack'] = {
  fn: () => {
    throw new Error('here') // throws at once
  },
  throws: 'at once',
}
cases['a stack of an asynchronous function'] = {
  fn: async (x: number) => {
    const y = await Promise.resolve(x)
    await null
    throw new Error(`later ${y}`) // throws after awaiting
  },
  args: [1],
  throws: 'after awaiting',
}
cases['a stack of a function of another file'] = { fn: () => deep(3), throws: 'deep in another file' }
cases['a stack of a method'] = { fn: () => new Failing('x').run(), throws: 'in a method' }
cases['a stack of a class with a superclass, behind a variable that changes'] = {
  fn: () => rethrown(),
  throws: 'behind a variable that changes',
}
