import { execFileSync } from 'node:child_process'

const own = process.versions.node

/** The binary of a version of Node, from the same npm packages as the repository's own. */
export const nodeBinary = (version: string): string => {
  if (own === version || own.startsWith(`${version}.`)) return process.execPath
  const name = `node-${process.platform}-${process.arch}@${version}`
  const find = 'node -p process.execPath'
  return execFileSync('npx', ['-y', '-p', name, '-c', find], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
