import { cases as marks } from '../corpus/marks.ts'
import { cases as packages } from '../corpus/packages.ts'
import { lists } from './lists.ts'
import { report } from './report.ts'

report({ ...lists, packages, marks })
