import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ScopeManager } from 'eslint-scope'
import type { Script } from '../../src/capture/inspector.ts'
import { lineStartsOf, type ModuleTree, parseModule, placeOfVariable } from '../../src/capture/module-tree.ts'
import { planOf } from '../../src/capture/plan.ts'
import { createParts } from '../../src/capture/source-file.ts'
import { outlineOf } from '../../src/capture/outline.ts'

const script = (isModule: boolean): Script => ({
  scriptId: '1', url: 'file:///a.js', isModule, startLine: 0, startColumn: 0, length: 0, hash: '',
}) // prettier-ignore

/** All that is sent of a function, or decides how. */
const meaning = (tree: ModuleTree, offset: number): unknown => {
  const node = tree.functions.get(offset)
  if (node === undefined) return 'not found'
  const { tree: _tree, node: _node, free, keyed, ...plan } = planOf(tree, node, () => undefined)
  const names = free.map(({ variable, references, ...name }) => ({
    ...name,
    place: placeOfVariable(variable),
    kinds: variable.defs.map(({ type }) => type),
    uses: references.length,
  }))
  return { ...plan, keyed: keyed.length, names, scopes: (tree.scopes as ScopeManager | undefined) !== undefined }
}

const compared = (source: string, { isModule = true, every = 1 } = {}): { count: number; share: number } => {
  const lineStarts = lineStartsOf(source)
  const root = outlineOf(source)
  if (root === undefined) throw new Error('no outline')
  const whole = parseModule(script(isModule), { source, lineStarts, text: source })
  const parts = createParts(script(isModule), source, { root, lineStarts })
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

describe('a function parsed without the rest of its file', () => {
  it('is what it is in the whole file, and a small part of that', () => {
    const { count, share } = compared(readFileSync(fileURLToPath(import.meta.resolve('acorn')), 'utf8'), { every: 9 })
    expect(count).toBeGreaterThan(30)
    expect(share).toBeLessThan(0.02)
  })

  it('is what it is in a file with all that is hard to tell from outside', () => {
    expect(compared(odd).count).toBe(20)
    expect(compared(odd.replaceAll(';\n', '\n;')).count).toBe(20)
    const script = odd.replaceAll(/^(?:import|export).*$/gmu, '').replaceAll('for await', 'for')
    expect(compared(script, { isModule: false }).count).toBe(18)
  })

  it.each(['const \\u0061 = 1', '() => {}\n/1/g', '(', 'x }', '`${', '/* a', '"a" <!-- b'])(
    'is not looked for where only a parser can tell: %s',
    (source) => {
      expect(outlineOf(source)).toBeUndefined()
    },
  )
})
