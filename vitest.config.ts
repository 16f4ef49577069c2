import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const live = process.env['PARSL_LIVE'] === '1'
const report = process.env['PARSL_TEST_REPORT']

/** Two projects per folder: `*.process.test.ts` starts real processes, so its guards are longer. */
const projectsOf = (name: string, root: string): TestProjectInlineConfiguration[] => [
  {
    extends: true,
    test: {
      name,
      root,
      include: ['test/**/*.test.ts'],
      exclude: ['**/*.process.test.ts', '**/*.live.test.ts'],
      testTimeout: 10_000,
      hookTimeout: 10_000,
    },
  },
  {
    extends: true,
    test: {
      name: `${name}:process`,
      root,
      include: ['test/**/*.process.test.ts', ...(live ? ['test/**/*.live.test.ts'] : [])],
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  },
]

const at = (path: string) => join(import.meta.dirname, path)
const packages = readdirSync(at('packages')).filter((name) => existsSync(at(`packages/${name}/package.json`)))

export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { shuffle: true },
    allowOnly: false,
    env: { PARSL_CHECK_CAPTURES: '1' },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      ...projectsOf('repository', at('.')),
      ...packages.flatMap((name) => projectsOf(name, at(`packages/${name}`))),
    ],
  },
})
