// Decodes what `judge.ts` captured, in a process that never saw the corpus, and runs it.
import { readFileSync } from 'node:fs'
import { createFunctions, decodeValue, encodeValue } from '@parsl/serialize'

interface Sent {
  readonly fn: string
  readonly args: string
  readonly codes: Readonly<Record<string, string>>
  readonly repeat: number
  readonly collect: boolean
}

class Failure extends Error {
  readonly at = 'there'
}

const functions = createFunctions({
  intrinsics: new Map<string, unknown>([
    ['sh', (parts: readonly string[], ...values: unknown[]) => ['there', ...parts, ...values]],
    ['Failure', Failure],
    ['mine', () => 'there'],
  ]),
})

const once = async ({ fn: sentFn, args: sentArgs, codes, collect }: Sent): Promise<unknown> => {
  const decoder = functions.decoding()
  const decoded = (base64: string): Promise<unknown> =>
    functions.whenReady(() =>
      decodeValue(new Uint8Array(Buffer.from(base64, 'base64')), { functions: decoder, codes: (id) => codes[id] }),
    )
  const fn = (await decoded(sentFn)) as (...given: unknown[]) => unknown
  const args = (await decoded(sentArgs)) as unknown[]
  const value = await fn(...args)
  return collect ? [...(value as Iterable<unknown>)] : value
}

const run = async (sent: Sent): Promise<object> => {
  try {
    const values: unknown[] = []
    for (let index = 0; index < sent.repeat; index += 1) values.push(await once(sent))
    return { value: Buffer.from(encodeValue(values)).toString('base64') }
  } catch (error) {
    return { failed: String((error as Error).stack) }
  }
}

const results: Record<string, object> = {}
const sent = JSON.parse(readFileSync(0, 'utf8')) as Record<string, Sent>
for (const [name, one] of Object.entries(sent)) results[name] = await run(one)
process.stdout.write(JSON.stringify(results))
