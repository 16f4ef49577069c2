import { describe, expect, it } from 'vitest'
import { isOfModule } from '../../src/capture/module-wrapper.ts'
import { parsed } from './parsed.ts'

/** Whether the variable `x` of a script exists once. */
const isOnce = (text: string, isModule = false): boolean | undefined => {
  const tree = parsed(text, { isModule })
  const scope = tree.scopes.scopes.find(({ set }) => set.has('x'))
  return scope && isOfModule(tree, scope)
}

describe('a variable of a module exists once', () => {
  it.each([
    ['an ES module', 'let x', true],
    ['CommonJS', 'let x', false],
    ['vitest', "'use strict';async (__vite_ssr_exports__)=>{{let x\n}}", false],
    ['jest', '({"Object.<anonymous>":function(module,exports,require){let x\n}});', false],
    ['tsx', '__filename="/a.ts";(()=>{let x})()', false],
    ['a bundle as one function', '"use strict";(function () { var x })();', false],
  ])('in %s', (_, text, isModule) => {
    expect(isOnce(text, isModule)).toBe(true)
  })

  it.each([
    ['a function', 'const f = () => { let x }'],
    ['a function in the function of a loader', '(() => { const f = () => { let x } })()'],
    ['a loop', '(() => { for (const y of z) { let x } })()'],
    ['one of two functions', '(() => { let x })(); (() => {})()'],
  ])('but not in %s', (_, text) => {
    expect(isOnce(text)).toBe(false)
  })
})
