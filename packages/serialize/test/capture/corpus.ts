import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { decodeValue } from '@parsl/serialize'
import type { Case } from './corpus/cases.ts'

interface Encoded {
  readonly fn?: string
  readonly refused?: string
}

interface Ran {
  readonly value?: string
  readonly failed?: string
}

interface Started {
  readonly input?: string
  readonly node?: readonly string[]
}

/** Runs one of the programs beside this file and reads the JSON that it prints. */
export const program = (
  [name, ...args]: readonly [string, ...string[]],
  { input = '', node = [] }: Started = {},
): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [...node, join(import.meta.dirname, 'programs', name), ...args], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )

const verdict = ({ refuse, expect, repeat = 1 }: Case, encoded: Encoded, ran: Ran | undefined): string | undefined => {
  if (refuse !== undefined) {
    if (encoded.refused === undefined) return 'was not refused'
    const asExpected = encoded.refused.startsWith('PARSL_SERIALIZE') && refuse.test(encoded.refused)
    return asExpected ? undefined : `was refused otherwise: ${encoded.refused}`
  }
  if (encoded.refused !== undefined) return `was refused: ${encoded.refused}`
  if (ran?.value === undefined) return `failed: ${ran?.failed}`
  const values = decodeValue(new Uint8Array(Buffer.from(ran.value, 'base64'))) as unknown[]
  return values.length === repeat && values.every((value) => isDeepStrictEqual(value, expect))
    ? undefined
    : `gave ${JSON.stringify(values)}`
}

/** For each case what went wrong, undefined if nothing did. */
export const runCorpus = async (file: string): Promise<Record<string, string | undefined>> => {
  const { cases } = (await import(`./corpus/${file}.ts`)) as { cases: Record<string, Case> }
  const encoded = program(['encode.ts', file]) as Record<string, Encoded>
  const sent = Object.entries(encoded)
    .filter(([name, { fn }]) => fn !== undefined && cases[name]?.refuse === undefined)
    .map(([name, task]) => [
      name,
      { ...task, repeat: cases[name]?.repeat ?? 1, collect: cases[name]?.collect ?? false },
    ])
  const ran = program(['run.ts'], { input: JSON.stringify(Object.fromEntries(sent)) }) as Record<string, Ran>
  return Object.fromEntries(
    Object.entries(cases).map(([name, one]) => [name, verdict(one, encoded[name] ?? {}, ran[name])]),
  )
}
