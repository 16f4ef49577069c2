import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Block, blocksOf, headingsOf, pages, root, rowsOf, sectionOf } from './pages.ts'

const run = promisify(execFile)
const blocks = pages.flatMap(blocksOf).filter(({ language }) => language === 'ts')
const nameOf = ({ page, line }: Block) => `${page}:${line}`
const slugOf = (page: string) => page.replaceAll(/[/.]/g, '-')
/** A block that is a file of its own: ` ```ts name.ts `. Those of one page stand in one folder. */
const fileOf = ({ flags }: Block) => flags.find((flag) => flag.endsWith('.ts'))
const folderOf = (block: Block) =>
  fileOf(block) === undefined ? `${slugOf(block.page)}-${block.line}` : slugOf(block.page)
const pathOf = (block: Block) => `${folderOf(block)}/${fileOf(block) ?? 'main.ts'}`
const toTest = blocks.filter((block) => fileOf(block)?.endsWith('.test.ts'))
const toRun = blocks.filter(({ flags }) => flags.includes('run'))

interface TestReport {
  testResults: { assertionResults: { status: string; fullName: string }[] }[]
}

/** Without what this run of tests sets. */
const ofAUser = { PATH: process.env['PATH'] }

/** A folder in which our packages are installed as a user has them. */
const folder = mkdtempSync(join(tmpdir(), 'parsl-docs-'))

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** Has the compiler hold the fields that the page of errors names to the types: `Details: `app`, `limit`.` */
const detailsCheck = (): string => {
  const page = 'docs/reference/errors.md'
  const lines = headingsOf(page)
    .filter((heading) => /^PARSL_[A-Z_]+$/.test(heading))
    .map((code) => {
      const [, name = '', list = ''] = /^`(\w+)`\. Details: (.+)\.$/m.exec(sectionOf(page, code)) ?? []
      const fields = [...list.matchAll(/`(\w+)`/g)].map(([, field = '']) => `'${field}'`)
      return `export const ${code}: Same<keyof errors.${name}['details'], ${fields.join(' | ') || 'never'}> = true`
    })
  return [
    "import type * as errors from '@parsl/interfaces'",
    'type Same<A, B> = [A, B] extends [B, A] ? true : false',
    ...lines,
    '',
  ].join('\n')
}

/** The members that the guide names of futures, kernels and `task()`, held to the types. */
const membersCheck = (): string => {
  const page = 'docs/apps-and-futures.md'
  const names = (heading: string) =>
    rowsOf(sectionOf(page, heading)).flatMap(([first = '']) => [...first.matchAll(/`(\w+)/g)].map(([, name]) => name))
  return [
    "import type { AppFuture, TaskContext } from '@parsl/core'",
    `export const future: (keyof AppFuture<unknown>)[] = ${JSON.stringify(names('The future'))}`,
    `export const context: Record<keyof TaskContext, true> = {`,
    ...names('In the body: task()').map((name) => `  ${name}: true,`),
    '}',
    '',
  ].join('\n')
}

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  mkdirSync(join(folder, 'node_modules/@parsl'))
  for (const name of readdirSync(join(root, 'packages')))
    symlinkSync(join(root, 'packages', name), join(folder, 'node_modules/@parsl', name))
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  write('package.json', '{ "type": "module", "private": true }\n')
  write(
    'tsconfig.json',
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      // Our declarations are part of what a user compiles.
      compilerOptions: { noEmit: true, skipLibCheck: false, allowImportingTsExtensions: true },
      include: ['**/*.ts'],
    }),
  )
  for (const block of blocks) write(pathOf(block), block.text)
  write('details.ts', detailsCheck())
  write('members.ts', membersCheck())
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('code in the documentation', () => {
  it('is found', () => {
    expect(toRun.length).toBeGreaterThan(15)
  })

  it('compiles as a user would compile it, and agrees with the tables beside it', async () => {
    const tsc = join(root, 'node_modules/.bin/tsc')
    const { stdout } = await run(tsc, ['-p', folder], { cwd: folder }).catch((error: { stdout: string }) => error)
    const places = new Map(blocks.map((block) => [pathOf(block), nameOf(block)]))
    expect(stdout.replaceAll(/^\S+?\/[\w.-]+\.ts/gm, (path) => places.get(path) ?? path)).toBe('')
  })

  it.concurrent.each(toRun.map((block) => [nameOf(block), block] as const))('runs: %s', async (_, block) => {
    const cwd = join(folder, folderOf(block))
    const { stdout, stderr } = await run(process.execPath, ['main.ts'], { cwd, env: ofAUser })
    expect(stderr).toBe('')
    expect(stdout).toBe(block.prints ?? stdout)
  })

  it.concurrent.each(toTest.map((block) => [nameOf(block), block] as const))('passes: %s', async (_, block) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const at = join(folder, folderOf(block))
    const args = ['run', '--root', at, '--reporter', 'json', '--outputFile', 'report.json', String(fileOf(block))]
    await run(process.execPath, [vitest, ...args], { cwd: at, env: ofAUser }).catch(() => {})
    const report = JSON.parse(await readFile(join(at, 'report.json'), 'utf8')) as TestReport
    const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
    expect(results.length).toBeGreaterThan(10)
    expect(results.filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName)).toEqual([])
  })
})
