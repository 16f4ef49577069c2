import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createFunctions, decodeValue, encodeValue, type Functions } from '@parsl/serialize'
import type { Case } from '../corpus/cases.ts'

/** The function and its arguments, each as a message of its own, and the codes that they name. */
interface Sent {
  readonly fn: string
  readonly args: string
  readonly codes: Readonly<Record<string, string>>
}

interface Encoded {
  readonly sent?: Sent
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
  /** The user's own files, as written. */
  readonly sources: string
  /** A minifier renamed the variables, so that a refusal names others. */
  readonly renamed: boolean
}

/** For each case what went wrong, null if nothing did. */
export type Verdicts = Record<string, string | null>

type Cases = Record<string, Case>

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const encoded = (functions: Functions, { fn, args = [] }: Case): Encoded => {
  try {
    const { bytes, codes } = functions.capture(fn, 'task')
    const all = new Map(codes)
    const given = encodeValue(args, {
      functions: functions.encoder(),
      name: 'arguments',
      codes: (id, text) => all.set(id, text),
    })
    return { sent: { fn: base64(bytes), args: base64(given), codes: Object.fromEntries(all) } }
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

const onRefusal = ({ refuse }: Case, refused: string, { renamed }: Places): string | null => {
  if (refuse === undefined) return `was refused: ${refused}`
  const said = refused.startsWith('PARSL_SERIALIZE') && (renamed || refuse.test(refused))
  return said ? null : `was refused otherwise: ${refused}`
}

/** Where the file of the user's says that it throws: `file:line`. */
const placeOf = (marker: string, sources: string): string | undefined => {
  for (const file of readdirSync(sources)) {
    const lines = readFileSync(join(sources, file), 'utf8').split('\n')
    const line = lines.findIndex((text) => text.endsWith(`// throws ${marker}`))
    if (line >= 0) return `${join(sources, file)}:${line + 1}`
  }
  return undefined
}

/** The first frame must be where it throws, and no frame may be elsewhere than in the user's files. */
const onStack = (marker: string, stack: string, { sources }: Places): string | null => {
  const frames = stack.split('\n').filter((line) => /^\s+at /u.test(line))
  const place = placeOf(marker, sources) ?? 'nowhere'
  const isUsers = frames.every((frame) => frame.includes(sources) || /<anonymous>|index \d/u.test(frame))
  return isUsers && frames[0]?.includes(`${place}:`) === true ? null : `has not ${place} in its stack: ${stack}`
}

interface Outcome {
  readonly encoded: Encoded
  readonly ran: Ran | undefined
}

const verdictOn = (one: Case, { encoded: { refused }, ran }: Outcome, judging: Judging): string | null => {
  if (refused !== undefined) return onRefusal(one, refused, judging)
  if (one.throws !== undefined) return onStack(one.throws, judging.functions.mappedStack(ran?.failed ?? ''), judging)
  if (one.refuse !== undefined && !Object.hasOwn(one, 'expect')) return 'was not refused'
  return onValue(one, ran ?? {})
}

interface Judging extends Places {
  readonly functions: Functions
}

/** Captures each case here, runs it elsewhere, and looks at what comes back. */
export const judge = (cases: Cases, places: Places): Verdicts => {
  const judging = { ...places, functions: createFunctions() }
  const encodings = Object.entries(cases).map(([name, one]) => [name, one, encoded(judging.functions, one)] as const)
  const sent = encodings
    .filter(([, , { sent: task }]) => task !== undefined)
    .map(([name, { repeat = 1, collect = false }, { sent: task }]) => [name, { ...task, repeat, collect }])
  const results = runElsewhere(places.runner, Object.fromEntries(sent) as object)
  return Object.fromEntries(
    encodings.map(([name, one, encoding]) => [
      name,
      verdictOn(one, { encoded: encoding, ran: results[name] }, judging),
    ]),
  )
}
