import { writeFileSync } from 'node:fs'
import type { Case } from '../corpus/cases.ts'
import { judge } from './judge.ts'

/** Judges cases under the loader that runs this, and writes the verdicts to a file or to standard output. */
export const report = (lists: Record<string, Record<string, Case>>): void => {
  const { PARSL_REPORT: file = 1, PARSL_RUNNER: runner = '', PARSL_SOURCES: sources = '' } = process.env
  const places = { runner, sources, renamed: process.env['PARSL_RENAMED'] === '1' }
  const verdicts = Object.entries(lists).map(([name, cases]) => [name, judge(cases, places)])
  writeFileSync(file, JSON.stringify(Object.fromEntries(verdicts)))
}
