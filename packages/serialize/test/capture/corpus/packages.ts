// Packages of each kind; in a bundle they are the user's code.
import type { Case } from './cases.ts'
import make, * as cjs from 'parsl-test-cjs'
import named, { add, one as first } from 'parsl-test-esm'
import * as esm from 'parsl-test-esm'
import { part } from 'parsl-test-esm/parts/first'
import Made, { three } from 'parsl-test-made'
import * as made from 'parsl-test-made'

const kindOf = (value: unknown): string => (typeof value === 'function' ? 'class' : Object.keys(value as object).join())
const kinds = (): unknown => [kindOf(Made), kindOf(made.default), three, made.three]

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
}
