import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { arrows } from '../arrows.ts'

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Lints sources at their places in an empty repository; returns the reported rules as `place: rule`. */
const lint = (sources: Record<string, string>): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'parsl-lint-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const files = {
    ...sources,
    'oxlint.config.ts': `export { default } from ${JSON.stringify(resolve('oxlint.config.ts'))}\n`,
  }
  for (const [place, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, place)), { recursive: true })
    writeFileSync(join(folder, place), text)
  }
  const { stdout, stderr } = spawnSync(resolve('node_modules/.bin/oxlint'), ['--format', 'json', 'packages'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stdout, stderr).toMatch(/^\{/)
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  return diagnostics.map(({ code, filename }) => `${filename}: ${code}`).toSorted()
}

const restricted = (place: string) => `${place}: eslint(no-restricted-imports)`
const importing = (name: string) => `import { x } from '${name}'\n\nexport const y = x\n`

describe('lint', () => {
  it.each([
    ['interfaces', '@parsl/data'],
    ['data', '@parsl/core'],
    ['worker', '@parsl/core'],
    ['core', '@parsl/executor-htex'],
    ['executor-htex', '@parsl/core'],
    ['executor-htex', '@parsl/provider-slurm'],
    ['provider-slurm', '@parsl/provider-pbs'],
    ['provider-aws', '@parsl/cluster'],
    ['provider-slurm', '@parsl/testing/conformance'],
    ['not-listed', '@parsl/interfaces'],
    ['data', '../../interfaces/src/index.js'],
  ])('refuses that %s imports %s', (from, to) => {
    const place = `packages/${from}/src/deep/x.ts`
    expect(lint({ [place]: importing(to) })).toEqual([restricted(place)])
  })

  it('refuses an import of types only', () => {
    const place = 'packages/interfaces/src/x.ts'
    expect(lint({ [place]: `import type { X } from '@parsl/core'\n\nexport type Y = X\n` })).toEqual([
      restricted(place),
    ])
    expect(lint({ [place]: `export { x } from '@parsl/core'\n` })).toEqual([restricted(place)])
  })

  it('lets every listed arrow pass', () => {
    const sources = Object.entries(arrows).flatMap(([from, allowed]) =>
      allowed.flatMap((to) => [
        [`packages/${from}/src/${to}.ts`, importing(`@parsl/${to}`)],
        [`packages/${from}/src/${to}-subpath.ts`, importing(`@parsl/${to}/http`)],
      ]),
    )
    expect(lint(Object.fromEntries(sources) as Record<string, string>)).toEqual([])
  })

  it('refuses a cycle, a default export and a long file', () => {
    const long = Array.from({ length: 301 }, (_, line) => `export const x${line} = ${line}`).join('\n')
    expect(
      lint({
        'packages/data/src/a.ts': `import { b } from './b.js'\n\nexport const a = () => b()\n`,
        'packages/data/src/b.ts': `import { a } from './a.js'\n\nexport const b = (): unknown => a()\n`,
        'packages/data/src/default.ts': 'export default 1\n',
        'packages/data/src/long.ts': `${long}\n`,
      }),
    ).toEqual([
      'packages/data/src/a.ts: import(no-cycle)',
      'packages/data/src/b.ts: import(no-cycle)',
      'packages/data/src/default.ts: import(no-default-export)',
      'packages/data/src/long.ts: eslint(max-lines)',
    ])
  })

  it('refuses a promise that nobody awaits', () => {
    expect(
      lint({
        'packages/data/tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "nodenext", "types": [] } }\n',
        'packages/data/src/x.ts': `export const x = async (): Promise<void> => {}\n\nx()\n`,
      }),
    ).toEqual(['packages/data/src/x.ts: typescript(no-floating-promises)'])
  })
})

describe('package.json', () => {
  it.each(globSync('packages/*/package.json'))('%s depends on nothing its package may not import', (path) => {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    const all = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
    const own = Object.keys(all).filter((name) => name.startsWith('@parsl/'))
    const allowed = (arrows[manifest.name.slice('@parsl/'.length)] ?? []).map((name) => `@parsl/${name}`)
    expect(own.filter((name) => !allowed.includes(name))).toEqual([])
  })
})

it('runs under the Node of the repository', () => {
  expect(execFileSync('node', ['--version'], { encoding: 'utf8' })).toMatch(/^v24\./)
})
