import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as interfaces from '../../packages/interfaces/src/index.ts'
import { headingsOf, read, root, sectionOf } from './pages.ts'

const page = 'docs/reference/errors.md'
const CODE = /^[A-Z][A-Z_]+$/
const CLASS = /^export class (\w+) extends [^{]*(?:\{[^}]*\}[^{]*)*?\{\n[^}]*?readonly code = '(\w+)'/gm

/** Codes by class, as the sources say. */
const inSources = new Map(
  globSync('packages/interfaces/src/errors/*.ts', { cwd: root }).flatMap((path) =>
    [...read(path).matchAll(CLASS)].map(([, name = '', code = '']) => [name, code] as const),
  ),
)

const codes = headingsOf(page).filter((heading) => CODE.test(heading))
const classOf = (code: string) => /^`(\w+)`\. Details: /m.exec(sectionOf(page, code))?.[1]

describe('the page of errors', () => {
  it('is held to every class that the package exports', () => {
    const isError = (value: unknown) =>
      typeof value === 'function' && (value.prototype as unknown) instanceof interfaces.ParslError
    const exported = Object.entries(interfaces).filter(([, value]) => isError(value))
    expect([...inSources.keys()].toSorted()).toEqual(exported.map(([name]) => name).toSorted())
  })

  it('has one heading for each code', () => {
    expect(codes.toSorted()).toEqual([...inSources.values()].toSorted())
  })

  it.each([...inSources])('says that %s has the code %s', (name, code) => {
    expect(classOf(code)).toBe(name)
  })
})
