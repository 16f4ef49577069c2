// A worker: decodes tasks from standard input, calls them, and encodes what became of them.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const loaded: string[] = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  },
})

const { createFunctions, decodeValue, encodeError, encodeValue } = await import('@parsl/serialize')
const { workerIntrinsics } = await import('@parsl/worker')

const functions = createFunctions({ intrinsics: workerIntrinsics })

const run = async (sent: string): Promise<Uint8Array> => {
  try {
    const task = await functions.whenReady(() =>
      decodeValue(new Uint8Array(Buffer.from(sent, 'base64')), { functions: functions.decoding() }),
    )
    const [body, ...args] = task as [(...given: unknown[]) => unknown, ...unknown[]]
    const value = await body(...args)
    return encodeValue({ value: encodeValue(value, { functions: functions.encoder(), name: 'result' }) })
  } catch (error) {
    return encodeValue({ error: encodeError(error, { functions }) })
  }
}

const outcomes: string[] = []
for (const sent of JSON.parse(readFileSync(0, 'utf8')) as string[]) {
  outcomes.push(Buffer.from(await run(sent)).toString('base64'))
}
const hasCore = loaded.some((url) => /\/core\/(dist|src)\//u.test(url))
process.stdout.write(JSON.stringify({ outcomes, hasCore }))
