import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { entryOf } from '../../src/capture/package-entry.ts'
import { packaged, packageHolding } from '../../src/capture/packages.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parsl-entry-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const put = async (path: string, text = ''): Promise<string> => {
  const file = join(dir, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
  return file
}

describe('the name under which a program imports a file of a package', () => {
  it.each([
    [{}, 'index.js', 'it'],
    [{}, 'lib/a.js', 'it/lib/a.js'],
    [{ main: './main.cjs' }, 'main.cjs', 'it'],
    [{ main: './main.cjs', module: './main.mjs' }, 'main.mjs', 'it'],
    [{ exports: './only.js' }, 'only.js', 'it'],
    [{ exports: { import: './a.mjs', require: './a.cjs' } }, 'a.cjs', 'it'],
    [{ exports: { '.': { node: { import: './dist/a.js' } }, './part': './dist/b.js' } }, 'dist/b.js', 'it/part'],
    [{ exports: { '.': './dist/a.js', './*': './dist/*.js' } }, 'dist/deep/c.js', 'it/deep/c'],
    [{ exports: { '.': './dist/a.js', './no': null } }, 'dist/hidden.js', 'it/dist/hidden.js'],
  ])('%j, %s: %s', async (json, path, expected) => {
    const file = await put('package.json', JSON.stringify({ name: 'it', ...json }))
    expect(entryOf(join(dir, path), file)).toBe(expected)
  })
})

describe('what a file imports', () => {
  it('is of a package, also where a tool wrote the path of its file', async () => {
    const json = { name: '@a/it', version: '1.0.0', exports: { '.': { import: './main.js', require: './main.cjs' } } }
    await put('node_modules/@a/it/package.json', JSON.stringify(json))
    const file = await put('node_modules/@a/it/main.js')
    const url = pathToFileURL(await put('src/deep/main.ts')).href
    const expected = { from: '@a/it', package: '@a/it@1.0.0' }
    const written = ['@a/it', `/@fs${file}`, '/node_modules/@a/it/main.js?v=1', pathToFileURL(file).href]
    for (const specifier of written) expect(packaged(specifier, url)).toEqual(expected)
  })

  it("is the user's own otherwise", async () => {
    const url = pathToFileURL(await put('src/main.ts')).href
    for (const specifier of ['./other.js', '/src/other.ts', '/node_modules/none/a.js']) {
      expect(packaged(specifier, url)).toBeUndefined()
    }
  })
})

describe('a file among installed packages', () => {
  it('is of a package, with or without a package.json', async () => {
    const file = await put('node_modules/.cache/a.js')
    expect(packageHolding(pathToFileURL(file).href)).toBe('a package')
    await put('node_modules/it/package.json', JSON.stringify({ name: 'it', version: '1.0.0' }))
    expect(packageHolding(pathToFileURL(join(dir, 'node_modules/it/lib/a.js')).href)).toBe('it@1.0.0')
  })
})
