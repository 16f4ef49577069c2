import { inspect } from 'node:util'
import { isParslError } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'

/** A function in one of the ways in which functions are written. */
export interface ClosureCase {
  // oxlint-disable-next-line typescript/no-explicit-any -- any function
  readonly fn: (...args: any[]) => unknown
  readonly args?: readonly unknown[]
  /** What it comes to elsewhere; the items of a generator as a list. */
  readonly expect?: unknown
  /** It must not travel; the message says so, with what it names. */
  readonly refuse?: RegExp
  /** So many runs, each as if it were the first. @defaultValue 1 */
  readonly repeat?: number
}

/** What the kit is told. */
export interface ClosureOptions {
  readonly cases: Readonly<Record<string, ClosureCase>>
  /** Runs a function elsewhere, as a task does, and gives its value. */
  run(fn: (...args: never[]) => unknown, args: readonly unknown[]): Promise<unknown>
  /** Names of cases that cannot pass, each with its reason. One that is no case fails. */
  readonly skip?: Readonly<Record<string, string>>
  /** Ten times what the longest case should take. @defaultValue 60000 */
  readonly guardMs?: number
}

const expectRefused = async (ended: Promise<unknown>, refuse: RegExp): Promise<void> => {
  const error = await ended.then(
    (value) => new Error(`it was not refused and gave ${inspect(value)}`),
    (reason: unknown) => reason,
  )
  expect(isParslError(error, 'PARSL_SERIALIZE'), inspect(error)).toBe(true)
  expect((error as Error).message).toMatch(refuse)
}

/** Runs each function of a list elsewhere, and holds it to what it must come to there. Call it in a test file of vitest. */
export const closureCorpus = ({ cases, run, skip = {}, guardMs = 60_000 }: ClosureOptions): void => {
  const unknown = Object.keys(skip).filter((name) => !(name in cases))
  if (unknown.length > 0) throw new Error(`no case is called ${unknown.join(', ')}`)
  describe('closures', () => {
    for (const [name, { fn, args = [], expect: expected, refuse, repeat = 1 }] of Object.entries(cases)) {
      if (name in skip) {
        it.skip(`${name} (skipped: ${skip[name]})`)
        continue
      }
      it(name, { timeout: guardMs }, async () => {
        if (refuse) return expectRefused(run(fn, args), refuse)
        for (let round = 0; round < repeat; round++) expect(await run(fn, args)).toStrictEqual(expected)
      })
    }
  })
}
