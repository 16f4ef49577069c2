import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { planOf } from '../../src/capture/plan.ts'
import { parsed } from './parsed.ts'

/** Names of variables that the function behind the last `kept.push(` of a script is said to see assigned again. */
const readAnew = (text: string): string[] => {
  const tree = parsed(text)
  const node = tree.functions.get(text.lastIndexOf('kept.push(') + 'kept.push('.length)
  if (node === undefined) throw new Error(`no function is pushed in ${text}`)
  const { free } = planOf(tree, node, () => undefined)
  return free.filter(({ reassigned }) => reassigned).map(({ name }) => name)
}

/** Whether each function that a script keeps gives at its end what it gave when it was kept. */
const staysTheSame = (text: string): boolean => {
  const seen: { readonly fn: () => unknown; readonly value: unknown }[] = []
  const push = (fn: () => unknown): void => void seen.push({ fn, value: fn() })
  runInNewContext(text, { kept: { push } })
  expect(seen.length).toBeGreaterThan(1)
  return seen.every(({ fn, value }) => isDeepStrictEqual(fn(), value))
}

describe('a variable that only the head of its loop assigns', () => {
  it.each([
    'for (let i = 0; i < 3; i++) kept.push(() => i)',
    'for (let i = 3; i-- > 0; ) { const twice = i * 2; kept.push(() => twice + i) }',
    'for (let i = 0, j = 9; i < j; i += 2, [j] = [j - 1]) kept.push(() => [i, j])',
    'for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) kept.push(() => [i, j])',
    'for (let i = 0; i < 3; i++) { const inner = () => { kept.push(() => i) }; inner() }',
  ])('is the same for a function of the body for ever: %s', (text) => {
    expect(staysTheSame(text)).toBe(true)
    expect(readAnew(text)).toEqual([])
  })

  it.each([
    'for (var i = 0; i < 3; i++) kept.push(() => i)',
    'let i; for (i = 0; i < 3; i++) kept.push(() => i)',
    'for (let i = 0; i < 3; i++) { kept.push(() => i); i += 0.5 }',
    'for (let i = 0; i < 6; i++) kept.push(() => i++)',
    'let next; for (let i = 0; i < 6; next = () => i++, next()) { kept.push(() => i); next?.() }',
    'for (let i = 0, f; i < 3; i++) { f ??= kept.push(() => i); kept.push(() => i); i++; }',
    'for (let i = 0; i < 4; kept.push(() => i), i++);',
  ])('may be another later where something else assigns it, or the function is of the head: %s', (text) => {
    expect(staysTheSame(text)).toBe(false)
    expect(readAnew(text)).toEqual(['i'])
  })
})
