// Judges the cases on plain Node; prints the verdicts as JSON.
import { lists } from '../matrix/lists.ts'
import { report } from '../matrix/report.ts'

report(lists)
