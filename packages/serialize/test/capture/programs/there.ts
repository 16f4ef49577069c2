// Decodes a function from standard input, calls it, and encodes what it gives.
import { readFileSync } from 'node:fs'
import { createFunctions, decodeValue, encodeValue } from '@parsl/serialize'

const functions = createFunctions({ intrinsics: new Map([['where', () => 'there']]) })
const bytes = new Uint8Array(Buffer.from(readFileSync(0, 'utf8'), 'base64'))
const [fn, ...args] = (await functions.whenReady(() => decodeValue(bytes, { functions: functions.decoding() }))) as [
  (...given: unknown[]) => unknown,
  ...unknown[],
]
const result = encodeValue(await fn(...args), { functions: functions.encoder(), name: 'result' })
process.stdout.write(Buffer.from(result).toString('base64'))
