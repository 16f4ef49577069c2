import { defineConfig } from 'oxfmt'

export default defineConfig({
  semi: false,
  singleQuote: true,
  printWidth: 120,
  proseWrap: 'preserve',
  sortPackageJson: false,
  ignorePatterns: ['**/dist/**', '**/CHANGELOG.md', 'pnpm-lock.yaml', 'LICENSE'],
})
