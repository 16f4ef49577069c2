import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { processesWith, scratch } from '../src/index.js'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

interface Report {
  testResults: { assertionResults: { status: string; ancestorTitles: string[]; title: string }[] }[]
}

/** `group > title` of the failed tests of each executor. */
const failuresOf = ({ testResults }: Report): Record<string, string[]> => {
  const failures: Record<string, string[]> = {}
  for (const { status, ancestorTitles, title } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const [executor = '', , group = ''] = ancestorTitles
    failures[executor] ??= []
    if (status === 'failed') failures[executor].push(`${group} > ${title}`)
  }
  return failures
}

/** Those that the faults are about: each fault that only shows in the end makes every test wait for its guard. */
const ASKED = [
  'gives what a body returns',
  'starts no body within',
  'counts what it holds',
  'tells of the start',
  'refuses what comes after',
  'smaller priorities start first',
]

/** Of each fault a test that must fail. */
const FINDS: readonly (readonly [string, string])[] = [
  ['reports twice', 'reports > tells of the start, then of the end, with the object that was submitted'],
  ['reports a copy', 'reports > tells of the start, then of the end, with the object that was submitted'],
  ['never says that it started', 'submit > gives what a body returns, at once or later'],
  ['starts within submit', 'submit > starts no body within the call'],
  ['leaves a process', 'submit > gives what a body returns, at once or later'],
  ['counts nothing', 'submit > counts what it holds, and how many run at once'],
  ['runs after close', 'close > refuses what comes after it'],
  ['claims priorities', 'priorities > smaller priorities start first, equal ones in order, those without one last'],
]

describe('the contract kit', () => {
  it('finds what executors do wrong', async () => {
    await using folder = await scratch()
    const id = randomUUID()
    const only = `(${ASKED.join('|')})`
    const args = ['run', '-t', only, '--root', root, '--config', join(import.meta.dirname, 'programs/vitest.config.ts')]
    const report = folder.at('report.json')
    const command = [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...args,
      '--reporter',
      'json',
      '--outputFile',
      report,
    ]
    // A run of its own, not a part of this one.
    await run(process.execPath, command, { cwd: root, env: { PATH: process.env['PATH'], BAD_EXECUTORS: id } }).catch(
      () => {},
    )
    for (const { pid } of processesWith(`BAD_EXECUTORS=${id}`)) process.kill(pid, 'SIGKILL')
    const failures = failuresOf(JSON.parse(await readFile(report, 'utf8')) as Report)
    for (const [name, test] of FINDS) expect(failures[name], name).toContain(test)
  })
})
