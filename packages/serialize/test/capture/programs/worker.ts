// Decodes a function from standard input and calls it; prints what it gives or why it failed, and what Node warned of.
import { readFileSync } from 'node:fs'
import { createFunctions, decodeValue } from '@parsl/serialize'

const warnings: string[] = []
process.on('warning', ({ message }) => warnings.push(message))
const functions = createFunctions()
const bytes = new Uint8Array(Buffer.from(readFileSync(0, 'utf8'), 'base64'))

const said = async (): Promise<object> => {
  try {
    const decoder = functions.decoding()
    const [task] = (await functions.whenReady(() => decodeValue(bytes, { functions: decoder }))) as [() => unknown]
    return { value: await task() }
  } catch (error) {
    const { code, message, cause } = error as { code: string; message: string; cause?: Error }
    return { code, message, cause: cause?.message }
  }
}

const result = await said()
await new Promise(setImmediate)
process.stdout.write(JSON.stringify({ ...result, warnings }))
