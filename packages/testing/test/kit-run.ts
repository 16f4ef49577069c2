import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { processesWith, scratch } from '../src/index.js'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

interface Report {
  testResults: { assertionResults: { status: string; ancestorTitles: string[]; title: string }[] }[]
}

/** `group > title` of the failed tests of each plug-in. */
const failuresIn = ({ testResults }: Report): Record<string, string[]> => {
  const failures: Record<string, string[]> = {}
  for (const { status, ancestorTitles, title } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const [plugin = '', , group = ''] = ancestorTitles
    failures[plugin] ??= []
    if (status === 'failed') failures[plugin].push(`${group} > ${title}`)
  }
  return failures
}

/** Runs a program of `programs/`, in which a kit looks at plug-ins, and gives what it finds; of all tests, or of those that begin so. */
export const failuresOf = async (
  program: string,
  asked: readonly string[] = [],
): Promise<Readonly<Record<string, readonly string[]>>> => {
  await using folder = await scratch()
  const id = randomUUID()
  const report = folder.at('report.json')
  const command = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    `packages/testing/test/programs/${program}.ts`,
    ...(asked.length > 0 ? ['-t', `(${asked.join('|')})`] : []),
    '--root',
    root,
    '--config',
    join(import.meta.dirname, 'programs/vitest.config.ts'),
    '--reporter',
    'json',
    '--outputFile',
    report,
  ]
  // A run of its own, not a part of this one. It fails, since tests in it do.
  await run(process.execPath, command, { cwd: root, env: { PATH: process.env['PATH'], BAD_PLUGINS: id } }).catch(
    () => {},
  )
  for (const { pid } of processesWith(`BAD_PLUGINS=${id}`)) process.kill(pid, 'SIGKILL')
  return failuresIn(JSON.parse(await readFile(report, 'utf8')) as Report)
}
