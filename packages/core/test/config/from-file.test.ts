import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { configFromFile, load } from '../../src/index.js'
import { errorOf, QUIET, scratch } from '../fixture.js'

const OPTIONS = '{ log: false, progress: false, handleSignals: false, retries: 4 as number }'

/** A folder with a configuration file of this text. */
const withFile = async (text: string) => {
  const folder = await scratch()
  const path = folder.at('config.ts')
  await writeFile(path, text)
  return { folder, path, [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose]() }
}

const written = () => {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  return lines
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe('configFromFile()', () => {
  it.each([
    ['config', `export const config = ${OPTIONS}`],
    ['freshConfig()', `export const freshConfig = () => (${OPTIONS})`],
    ['an asynchronous freshConfig()', `export const freshConfig = async () => (${OPTIONS})`],
    ['config before freshConfig()', `export const config = ${OPTIONS}\nexport const freshConfig = () => ({})`],
  ])('takes %s', async (_, text) => {
    await using file = await withFile(text)
    expect(await configFromFile(file.path)).toMatchObject({ retries: 4 })
  })

  it.each([
    ['exports neither', 'export const settings = {}', 'must export `config`, an object, or `freshConfig()`'],
    ['exports something else', 'export const config = 7', 'must export `config`, an object, or `freshConfig()`'],
    ['throws', "throw new Error('no cluster')", 'cannot be loaded: no cluster'],
  ])('refuses a file that %s', async (_, text, message) => {
    await using file = await withFile(text)
    const error = await errorOf(configFromFile(file.path))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'PARSL_CONFIG' })
    expect(error.message).toContain(`the configuration file ${file.path} ${message}`)
  })

  it('refuses what is not there, and what is no file', async () => {
    await using folder = await scratch()
    expect((await errorOf(configFromFile(folder.at('x.ts')))).message).toMatch(/x\.ts is not there$/)
    expect((await errorOf(configFromFile(folder.path))).message).toMatch(/ is no file$/)
  })
})

describe('PARSL_CONFIG', () => {
  it('names the configuration of a load() that is given none', async () => {
    await using file = await withFile(
      `export const freshConfig = () => ({ ...${OPTIONS}, runDir: import.meta.dirname + '/runs' })`,
    )
    vi.stubEnv('PARSL_CONFIG', file.path)
    const kernel = await load()
    expect(kernel.config).toMatchObject({ retries: 4 })
    await kernel.close()
    expect(await load((inner) => inner.runDir)).toBe(file.folder.at('runs/001'))
  })

  it('does not go before a configuration in the program, and whoever set it is told', async () => {
    await using folder = await scratch()
    const lines = written()
    vi.stubEnv('PARSL_CONFIG', folder.at('not-even-there.ts'))
    const runDir = await load({ ...QUIET, runDir: folder.path }, (kernel) => kernel.runDir)
    expect(runDir).toBe(folder.at('000'))
    expect(lines).toEqual([
      `parsl: PARSL_CONFIG=${folder.at('not-even-there.ts')} is not used: the program gives load() a configuration of its own\n`,
    ])
  })

  it('that names no file fails the load', async () => {
    await using folder = await scratch()
    vi.stubEnv('PARSL_CONFIG', folder.at('none.ts'))
    expect(await errorOf(load(() => 1))).toMatchObject({ code: 'PARSL_CONFIG' })
  })
})
