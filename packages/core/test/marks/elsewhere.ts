import { execFileSync } from 'node:child_process'
import { createFunctions, decodeError, decodeValue, encodeValue } from '@parsl/serialize'
import { workerIntrinsics } from '@parsl/worker'

type Task = readonly [body: (...args: never[]) => unknown, ...args: unknown[]]

interface Outcome {
  readonly value?: Uint8Array
  readonly error?: Uint8Array
}

const functions = createFunctions({ intrinsics: workerIntrinsics })
const decode = (bytes: Uint8Array): unknown => decodeValue(bytes, { functions: functions.decoding() })

const settled = async ({ value, error }: Outcome): Promise<unknown> =>
  value === undefined ? (await decodeError(error as Uint8Array, functions)).error : decode(value)

/** Calls bodies in another process that never saw this program; gives their values, or the errors that they threw. */
export const elsewhere = async (tasks: readonly Task[], worker: string): Promise<unknown[]> => {
  const sent = tasks.map((task) =>
    Buffer.from(encodeValue(task, { functions: functions.encoder(), name: 'task' })).toString('base64'),
  )
  const answer = execFileSync(process.execPath, [worker], { input: JSON.stringify(sent), encoding: 'utf8' })
  const { outcomes, hasCore } = JSON.parse(answer) as { outcomes: string[]; hasCore: boolean }
  if (hasCore) throw new Error('the worker loaded @parsl/core')
  return Promise.all(
    outcomes.map((outcome) => settled(decodeValue(new Uint8Array(Buffer.from(outcome, 'base64'))) as Outcome)),
  )
}

/** Why a value cannot be sent. */
export const refusal = (value: unknown): string | undefined => {
  try {
    encodeValue(value, { functions: functions.encoder(), name: 'app' })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
