// Captures and encodes each case of the corpus; prints what became of them, as JSON.
import { createFunctions, encodeValue } from '@parsl/serialize'
import type { Case } from '../corpus/cases.ts'

const { cases } = (await import(`../corpus/${process.argv[2]}.ts`)) as { cases: Record<string, Case> }
const functions = createFunctions()

const encoded = (value: unknown): { bytes: string } | { refused: string } => {
  try {
    const bytes = encodeValue(value, { functions: functions.encoder(), name: 'task' })
    return { bytes: Buffer.from(bytes).toString('base64') }
  } catch (error) {
    return { refused: `${(error as { code?: string }).code} ${(error as Error).stack}` }
  }
}

const entries = Object.entries(cases).map(([name, { fn, args = [] }]) => [name, encoded([fn, args])])
process.stdout.write(JSON.stringify(Object.fromEntries(entries)))
