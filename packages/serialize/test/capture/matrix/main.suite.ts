// For test runners.
import { report } from './report.ts'

declare const test: (name: string, run: () => void) => void

test('the cases are judged', report)
