// Captures and encodes each case of the corpus; prints what became of them, as JSON.
import { createFunctions, encodeValue } from '@parsl/serialize'
import type { Case } from '../corpus/cases.ts'

const { cases } = (await import(`../corpus/${process.argv[2]}.ts`)) as { cases: Record<string, Case> }
const functions = createFunctions()

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

type Encoded = { fn: string; args: string; codes: Record<string, string> } | { refused: string }

const encoded = (fn: Case['fn'], args: unknown[]): Encoded => {
  try {
    const { bytes, codes } = functions.capture(fn, 'task')
    const all = new Map(codes)
    const given = encodeValue(args, {
      functions: functions.encoder(),
      name: 'arguments',
      codes: (id, text) => all.set(id, text),
    })
    return { fn: base64(bytes), args: base64(given), codes: Object.fromEntries(all) }
  } catch (error) {
    return { refused: `${(error as { code?: string }).code} ${(error as Error).stack}` }
  }
}

const entries = Object.entries(cases).map(([name, { fn, args = [] }]) => [name, encoded(fn, args)])
process.stdout.write(JSON.stringify(Object.fromEntries(entries)))
