import { defineConfig, type OxlintOverride } from 'oxlint'
import { arrows } from './arrows.ts'

const importsOf = (name: string, allowed: readonly string[]): OxlintOverride => ({
  files: [`packages/${name}/src/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [
              '@parsl/*',
              '@parsl/*/**',
              ...allowed.flatMap((other) => [`!@parsl/${other}`, `!@parsl/${other}/**`]),
            ],
            message: `It may import ${allowed.length === 0 ? 'no other package' : `only ${allowed.join(', ')}`} (see arrows.ts).`,
          },
          { group: ['**/packages/**', '../**/src/**'], message: 'Import another package by its name.' },
        ],
      },
    ],
  },
})

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest'],
  categories: { correctness: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['**/dist/**', '**/runinfo/**'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    // The kernel is made of callbacks and promises that meet.
    'promise/no-callback-in-promise': 'off',
    'unicorn/prefer-node-protocol': 'error',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/await-thenable': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'typescript/switch-exhaustiveness-check': 'error',
    // Functions without `this` are taken from their objects here: plug-ins are plain objects of closures.
    'typescript/unbound-method': 'off',
  },
  overrides: [
    // What other pools load is the default export of a file.
    { files: ['*.config.ts', '**/*.config.ts', 'bench/peers/*'], rules: { 'import/no-default-export': 'off' } },
    { files: ['**/test/**'], rules: { 'max-lines': ['error', { max: 400 }] } },
    {
      files: ['packages/*/src/**'],
      rules: {
        // What is left of an import of types only is one for its effects, and bundlers warn of that.
        'typescript/no-import-type-side-effects': 'error',
        'max-lines': ['error', { max: 300 }],
        'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
        'max-params': ['error', { max: 3 }],
        'max-depth': ['error', { max: 3 }],
        complexity: ['error', { max: 10 }],
      },
    },
    {
      // Its tests stand in tables, and one function hands them to vitest.
      files: ['packages/testing/src/**'],
      rules: {
        'vitest/expect-expect': 'off',
        'vitest/no-conditional-tests': 'off',
        'vitest/no-disabled-tests': 'off',
        'vitest/no-standalone-expect': 'off',
        'vitest/valid-title': 'off',
      },
    },
    importsOf('*', []),
    ...Object.entries(arrows).map(([name, allowed]) => importsOf(name, allowed)),
  ],
})
