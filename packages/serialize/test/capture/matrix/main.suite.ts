// For test runners.
import { cases as marks } from '../corpus/marks.ts'
import { cases as packages } from '../corpus/packages.ts'
import { lists } from './lists.ts'
import { report } from './report.ts'

declare const test: (name: string, run: () => void) => void

test('the cases are judged', () => {
  report({ ...lists, packages, marks })
})
