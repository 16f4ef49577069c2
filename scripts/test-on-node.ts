// `pnpm test:node 22.18.0 [arguments]` runs the tests of the packages, as built, on another version of Node, from the same npm packages as the
// repository's own. (Tests of the repository itself hold for its own Node.)
import { spawnSync } from 'node:child_process'

const [version, ...rest] = process.argv.slice(2)
if (version === undefined) {
  console.error('Which version? pnpm test:node 22.18.0')
  process.exit(1)
}
const node = `node-${process.platform}-${process.arch}@${version}`
const command = [
  'node --version',
  `node node_modules/vitest/vitest.mjs run --project '!repository*' ${rest.join(' ')}`,
].join(' && ')
process.exit(spawnSync('npx', ['-y', '-p', node, '-c', command], { stdio: 'inherit' }).status ?? 1)
