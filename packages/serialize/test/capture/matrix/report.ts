import { writeFileSync } from 'node:fs'
import { cases as given } from '../corpus/cases.ts'
import { cases as meta } from '../corpus/meta.ts'
import { cases as more } from '../corpus/more.ts'
import { cases as shapes } from '../corpus/shapes.ts'
import { judge } from './judge.ts'

/** Judges all cases under the loader that runs this, and writes the verdicts to a file or to standard output. */
export const report = (): void => {
  const { PARSL_REPORT: file = 1, PARSL_RUNNER: runner = '', PARSL_SOURCES: sources = '' } = process.env
  const places = { runner, sources, renamed: process.env['PARSL_RENAMED'] === '1' }
  const lists = { given, more, meta, shapes }
  const verdicts = Object.entries(lists).map(([name, cases]) => [name, judge(cases, places)])
  writeFileSync(file, JSON.stringify(Object.fromEntries(verdicts)))
}
