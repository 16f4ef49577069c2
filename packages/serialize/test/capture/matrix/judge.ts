import { execFileSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { createFunctions, decodeValue, encodeValue, type Functions } from '@parsl/serialize'
import type { Case } from '../corpus/cases.ts'

interface Encoded {
  readonly bytes?: string
  readonly refused?: string
}

interface Ran {
  readonly value?: string
  readonly failed?: string
}

/** Where the parts of a run are. */
export interface Places {
  /** Decodes what it is given and runs it, on plain Node, without having seen the corpus. */
  readonly runner: string
}

/** For each case what went wrong, null if nothing did. */
export type Verdicts = Record<string, string | null>

type Cases = Record<string, Case>

const encoded = (functions: Functions, { fn, args = [] }: Case): Encoded => {
  try {
    const bytes = encodeValue([fn, args], { functions: functions.encoder(), name: 'task' })
    return { bytes: Buffer.from(bytes).toString('base64') }
  } catch (error) {
    return { refused: `${(error as { code?: string }).code} ${(error as Error).stack}` }
  }
}

const runElsewhere = (runner: string, sent: object): Record<string, Ran> =>
  JSON.parse(
    execFileSync(process.execPath, [runner], {
      input: JSON.stringify(sent),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'inherit'],
      maxBuffer: 2 ** 28,
    }),
  ) as Record<string, Ran>

/** Values of one realm, whatever realm they come from. */
const plain = (value: unknown): unknown => decodeValue(encodeValue(value))

const onValue = ({ expect, repeat = 1 }: Case, { value, failed }: Ran): string | null => {
  if (value === undefined) return `failed: ${failed}`
  const values = decodeValue(new Uint8Array(Buffer.from(value, 'base64'))) as unknown[]
  const wanted = plain(expect)
  const same = values.length === repeat && values.every((one) => isDeepStrictEqual(one, wanted))
  return same ? null : `gave ${JSON.stringify(values)}, not ${JSON.stringify(expect)}`
}

const onRefusal = ({ refuse }: Case, refused: string): string | null => {
  if (refuse === undefined) return `was refused: ${refused}`
  return refused.startsWith('PARSL_SERIALIZE') && refuse.test(refused) ? null : `was refused otherwise: ${refused}`
}

const verdictOn = (one: Case, { refused }: Encoded, ran: Ran | undefined): string | null => {
  if (refused !== undefined) return onRefusal(one, refused)
  if (one.refuse !== undefined && !Object.hasOwn(one, 'expect')) return 'was not refused'
  return onValue(one, ran ?? {})
}

/** Captures each case here, runs it elsewhere, and looks at what comes back. */
export const judge = (cases: Cases, { runner }: Places): Verdicts => {
  const functions = createFunctions()
  const encodings = Object.entries(cases).map(([name, one]) => [name, one, encoded(functions, one)] as const)
  const sent = encodings
    .filter(([, , { bytes }]) => bytes !== undefined)
    .map(([name, { repeat = 1, collect = false }, { bytes }]) => [name, { bytes, repeat, collect }])
  const ran = runElsewhere(runner, Object.fromEntries(sent) as object)
  return Object.fromEntries(encodings.map(([name, one, encoding]) => [name, verdictOn(one, encoding, ran[name])]))
}
