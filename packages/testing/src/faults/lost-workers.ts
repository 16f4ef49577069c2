import { type AppOptions, evidenceOf, isParslError, type ParslError } from '@parsl/core'
import { expect } from 'vitest'
import { countUp } from '../bodies.js'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from '../workflows/bench.js'
import { besideOthers } from './bystander.js'
import type { Expectations } from './expectations.js'

const ONCE_MORE: AppOptions = { infrastructureRetries: 1, retries: 5 }

/** Lost twice: the first time it is tried again, which costs nothing of `retries`; the second time it fails with the evidence of both. */
const expectLost = async (
  { folder }: Bench,
  error: ParslError,
  { code, evidence }: { readonly code: string; readonly evidence: RegExp },
): Promise<void> => {
  expect(isParslError(error, code as 'PARSL_EXECUTOR'), String(error)).toBe(true)
  expect(error.message).toMatch(evidence)
  expect(evidenceOf(error)).toMatchObject({ attempt: 1, history: [{ attempt: 0 }] })
  expect(countUp(folder.at('tries'))).toBe(3)
}

const ends = (code: string): Cases<Bench> => ({
  'a body that exits is tried again as lost, then fails with the exit code': async (bench) => {
    const app = bench.parsl.jsApp((path: string) => {
      countUp(path)
      process.exit(3)
    }, ONCE_MORE)
    await expectLost(bench, await errorOf(app(bench.folder.at('tries'))), { code, evidence: /\b3\b/ })
  },
  'a body that must not run twice is lost once': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      (path: string) => {
        countUp(path)
        process.exit(0)
      },
      { infrastructureRetries: 0, retries: 5 },
    )
    expect(isParslError(await errorOf(app(folder.at('tries'))), code as 'PARSL_EXECUTOR')).toBe(true)
    expect(countUp(folder.at('tries'))).toBe(2)
  },
  'a body that is lost once and well the second time gives its result': async ({ parsl, folder }) => {
    const app = parsl.jsApp((path: string) => (countUp(path) === 1 ? process.exit(1) : 'well'))
    expect(await app(folder.at('tries'))).toBe('well')
  },
})

const killed = (code: string): Cases<Bench> => ({
  'a body that aborts is lost, and the signal is named': async (bench) => {
    const app = bench.parsl.jsApp((path: string) => {
      countUp(path)
      process.abort()
    }, ONCE_MORE)
    await expectLost(bench, await errorOf(app(bench.folder.at('tries'))), { code, evidence: /SIGABRT/ })
  },
  'a body whose process is killed is lost, and the signal is named': async (bench) => {
    const app = bench.parsl.jsApp(async (path: string) => {
      countUp(path)
      process.kill(process.pid, 'SIGKILL')
      await new Promise<never>(() => {})
    }, ONCE_MORE)
    await expectLost(bench, await errorOf(app(bench.folder.at('tries'))), { code, evidence: /SIGKILL/ })
  },
})

const outOfMemory = (code: string): Cases<Bench> => ({
  'a body that fills the heap is lost, and memory is named': async (bench) => {
    const app = bench.parsl.jsApp((path: string) => {
      countUp(path)
      const hoard: unknown[] = []
      for (;;) hoard.push(Array.from({ length: 10_000 }, (_, n) => ({ n })))
    }, ONCE_MORE)
    await expectLost(bench, await errorOf(app(bench.folder.at('tries'))), { code, evidence: /memory|heap/i })
  },
})

/** Bodies that take their worker with them. */
export const lostWorkers = ({
  lost = 'PARSL_EXECUTOR',
  heapLimited = false,
}: Expectations): readonly Group<Bench>[] => [
  { name: 'bodies that exit', when: ({ isolation }) => isolation !== 'none', cases: besideOthers(ends(lost)) },
  {
    name: 'bodies that are killed',
    when: ({ isolation }) => isolation === 'process',
    cases: besideOthers(killed(lost)),
  },
  {
    name: 'bodies that fill memory',
    when: ({ isolation }) => isolation !== 'none' && heapLimited,
    cases: besideOthers(outOfMemory(lost)),
  },
]
