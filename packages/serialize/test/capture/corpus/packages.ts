// Packages of each kind; in a bundle they are the user's code.
import type { Case } from './cases.ts'
import make, * as cjs from 'parsl-test-cjs'
import named, { add, one as first } from 'parsl-test-esm'
import * as esm from 'parsl-test-esm'
import { part } from 'parsl-test-esm/parts/first'
import { Dec, day, unnamed, Kept, Secret } from 'parsl-test-esm/parts/shapes'
import * as shapes from 'parsl-test-esm/parts/shapes'
import points, { Point } from 'parsl-test-cjs/shapes.js'
import Made, { Base, three } from 'parsl-test-made'
import * as made from 'parsl-test-made'

const kindOf = (value: unknown): string => (typeof value === 'function' ? 'class' : Object.keys(value as object).join())
const kinds = (): unknown => [kindOf(Made), kindOf(made.default), three, made.three]

class Mine extends Dec {
  readonly own = 1
}
class Also extends shapes.Dec {}
class Moved extends Point {
  readonly own = 2
}
class OfDefault extends points.Point {}
class OfMade extends Base {}
/** Under tsx, `require` gives ES modules that are made anew. */
const unseen = /not seen to export it/u
const dec = new Dec(2)
const tools = { add, named }
const decOf = (value: unknown): boolean => value instanceof Dec

export const cases: Record<string, Case> = {
  'an ES module': { fn: () => [named(), first, add(1, 2), part()], expect: ['esm', 1, 4, 'part'] },
  'its namespace': {
    fn: () => [esm.default(), esm.one, esm.add(1, 2), Object.keys(esm).toSorted().join()],
    expect: ['esm', 1, 4, 'add,default,one'],
  },
  'a function as a CommonJS module': { fn: () => [make(), make.two, make.self()], expect: ['cjs', 2, true] },
  'its namespace, with the module as default': {
    fn: () => [cjs.two, kindOf(cjs.default), cjs.default.two],
    expect: [2, 'class', 2],
  },
  // Tools do not agree on what is imported here.
  'CommonJS that was made of an ES module': { fn: kinds, expect: kinds() },
  'a class that extends one of an ES module': {
    fn: () => [new Mine(2).d, new Mine(3).own, decOf(new Mine(1)), new Also(4).twice().d, decOf(new Also(1))],
    expect: [2, 1, true, 8, true],
  },
  'a class that extends one of a CommonJS module': {
    fn: () => [new Moved(2).moved().x, new Moved(3).own, new OfDefault(4).x, new Moved(1) instanceof Point],
    expect: [3, 2, 4, true],
  },
  'a class that extends what was made of an ES module': { fn: () => new OfMade().n(), expect: 3 },
  'instances of its classes, captured': {
    fn: () => [dec.twice().d, decOf(dec), new Mine(3).twice() instanceof Mine],
    expect: [4, true, true],
  },
  'instances of its classes, as arguments': {
    fn: (one: Dec, list: readonly Point[], mine: Mine) => [one.twice().d, decOf(one), list[0]?.moved().x, mine.own],
    args: [new Dec(5), [new Point(1)], new Mine(1)],
    expect: [10, true, 2, 1],
  },
  'functions of it that come as values': {
    fn: () => [tools.add(1, 2), tools.named()],
    expect: [4, 'esm'],
    refuse: unseen,
  },
  'instances of a class behind what it exports': {
    fn: (one: ReturnType<typeof day>) => one.next().at,
    args: [day(1)],
    expect: 2,
    refuse: unseen,
  },
  'a class that it does not export': { fn: () => 1, args: [unnamed()], expect: 1, refuse: unseen },
  'instances that hold what cannot be read': {
    fn: () => 1,
    args: [new Secret()],
    refuse: /cannot be read from outside/u,
  },
  'instances with state beside them': {
    fn: () => 1,
    args: [new Kept()],
    refuse: /cannot be read from outside|weak collection/u,
  },
}
