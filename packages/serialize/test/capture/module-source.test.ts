import { describe, expect, it } from 'vitest'
import { moduleSourceOf } from '../../src/capture/module-source.ts'
import { parsed } from './parsed.ts'

/** Where the variable `x` of a text comes from. */
const sourceOf = (text: string, isModule = false): unknown => {
  const { scopes } = parsed(text, { isModule })
  const variable = scopes.scopes.map(({ set }) => set.get('x')).find((found) => found !== undefined)
  return variable === undefined ? 'no x' : moduleSourceOf(variable)
}

const from = (gives: string, ...keys: string[]): unknown => ({ from: 'm', gives, keys })

describe('where a variable comes from, by its declaration', () => {
  it.each([
    ["import x from 'm'", from('namespace', 'default')],
    ["import * as x from 'm'", from('namespace')],
    ["import { y as x } from 'm'", from('namespace', 'y')],
    ["import { 'a b' as x } from 'm'", from('namespace', 'a b')],
    ["const x = await import('m')", from('namespace')],
  ])('is an import: %s', (text, expected) => {
    expect(sourceOf(text, true)).toEqual(expected)
  })

  it.each([
    ["const x = require('m')", from('exports')],
    ["const { x } = require('m')", from('exports', 'x')],
    ["const { y: x, z } = require('m')", from('exports', 'y')],
    ["const x = require('m').default", from('exports', 'default')],
    ["const x = require('m').a.b", from('exports', 'a', 'b')],
    ["const y = require('m'); const x = y", from('exports')],
    ["const y = require('m'); const { x } = y", from('exports', 'x')],
    // esbuild, tsc, swc and Babel, tslib, minified
    ["var x = __toESM(require('m'), 1)", from('made')],
    ["const x = __importDefault(require('m'))", from('made')],
    ["const x = /*#__PURE__*/ _interop_require_default(require('m'))", from('made')],
    ["const x = tslib_1.__importStar(require('m'))", from('made')],
    ["var x=a(require('m'),1)", from('made')],
    // esbuild in ES modules
    ["var x = __require('m')", from('exports')],
    // vitest
    ["async () => { const x = await __vite_ssr_import__('m', { importedNames: ['y'] }) }", from('namespace')],
  ])('is what tools make of an import: %s', (text, expected) => {
    expect(sourceOf(text)).toEqual(expected)
  })

  it.each([
    'const x = 1',
    'const x = load("m")',
    'const x = require(name)',
    'const x = require("m")[key]',
    'const { ...x } = require("m")',
    'const { y: { x } } = require("m")',
    'const x = f(1, require("m"))',
    'const x = f(await import("m"))',
    'var x = y; var y = x',
    'var x = require("m"); var x = 2',
    'function x() {}',
  ])('is no import: %s', (text) => {
    expect(sourceOf(text.includes('await') ? `async () => { ${text} }` : text)).toBeUndefined()
  })
})
