import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ScopeManager } from 'eslint-scope'
import { lineStartsOf, type ModuleTree, placeOfVariable } from '../../src/capture/module-tree.ts'
import { moduleSourceOf } from '../../src/capture/module-source.ts'
import { assignedExports } from '../../src/capture/own-exports.ts'
import { planOf } from '../../src/capture/plan.ts'
import { createParts } from '../../src/capture/source-file.ts'
import { outlineOf } from '../../src/capture/outline.ts'
import { parsed, script } from './parsed.ts'

/** All that is sent of a function, or decides how. */
const meaning = (tree: ModuleTree, offset: number): unknown => {
  const node = tree.functions.get(offset)
  if (node === undefined) return 'not found'
  const { tree: _tree, node: _node, free, keyed, ...plan } = planOf(tree, node, () => undefined)
  const names = free.map(({ variable, references, ...name }) => ({
    ...name,
    place: placeOfVariable(variable),
    kinds: variable.defs.map(({ type }) => type),
    from: moduleSourceOf(variable),
    uses: references.length,
  }))
  return { ...plan, keyed: keyed.length, names, scopes: (tree.scopes as ScopeManager | undefined) !== undefined }
}

const compared = (source: string, { isModule = true, every = 1 } = {}): { count: number; share: number } => {
  const lineStarts = lineStartsOf(source)
  const root = outlineOf(source)
  if (root === undefined) throw new Error('no outline')
  const whole = parsed(source, { isModule })
  const parts = createParts(script({ isModule }), source, { root, lineStarts })
  let size = 0
  const offsets = [...whole.functions.keys()].filter((_, index) => index % every === 0)
  for (const offset of offsets) {
    const part = parts.at(offset)
    size += part?.size ?? 0
    expect(part && meaning(part.tree, offset), source.slice(offset, offset + 80)).toEqual(meaning(whole, offset))
  }
  return { count: offsets.length, share: size / offsets.length / source.length }
}

const odd = readFileSync(new URL('odd-source.txt', import.meta.url), 'utf8')

const oddScript = odd.replaceAll(/^(?:import|export).*$/gmu, '').replaceAll('for await', 'for')

describe('a function parsed without the rest of its file', () => {
  it('is what it is in the whole file, and a small part of that', () => {
    const { count, share } = compared(readFileSync(fileURLToPath(import.meta.resolve('acorn')), 'utf8'), { every: 9 })
    expect(count).toBeGreaterThan(30)
    expect(share).toBeLessThan(0.02)
  })

  it('is what it is in a file with all that is hard to tell from outside', () => {
    expect(compared(odd).count).toBe(21)
    expect(compared(odd.replaceAll(';\n', '\n;')).count).toBe(21)
    expect(compared(oddScript, { isModule: false }).count).toBe(19)
  })

  it.each([
    ['jest', '({"Object.<anonymous>":function(module,exports,require){', '}});', 20],
    ['vitest', '"use strict";async (__vite_ssr_import__)=>{{', '}}', 20],
    ['tsx', '__filename="/a.js";(()=>{', '})();', 20],
    ['no loader', 'const other = () => 1;(() => {', '})()', 21],
  ])('is what it is in the whole file that %s made', (_, start, end, count) => {
    expect(compared(`${start}${oddScript}\n${end}`, { isModule: false }).count).toBe(count)
  })

  it('has all that functions assign in the exports of their module', () => {
    const source = `exports.a = exports.b = exports.c = 1\nconst add = () => { ${'if (x) { y() }; '.repeat(9)} exports.a++ }
      const set = () => { if (x) { exports.b = 2 } else { exports.c } }`
    const lineStarts = lineStartsOf(source)
    const root = outlineOf(source) as NonNullable<ReturnType<typeof outlineOf>>
    const { tree } = createParts(script({ isModule: false }), source, { root, lineStarts }).naming(['exports'])
    expect([...assignedExports(tree)]).toEqual(['a', 'b'])
  })

  it.each(['const \\u0061 = 1', '() => {}\n/1/g', '(', 'x }', '`${', '/* a', '"a" <!-- b'])(
    'is not looked for where only a parser can tell: %s',
    (source) => {
      expect(outlineOf(source)).toBeUndefined()
    },
  )
})
