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

const exits: Cases<Bench> = {
  'a body that exits fails with its exit code, and spends its own retries': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      (path: string) => {
        countUp(path)
        process.exit(3)
      },
      { retries: 1, infrastructureRetries: 5 },
    )
    const error = await errorOf(app(folder.at('tries')))
    expect(error).toMatchObject({ code: 'PARSL_APP_EXITED', details: { exitCode: 3 } })
    expect(evidenceOf(error)).toMatchObject({ attempt: 1, history: [{ attempt: 0 }] })
    expect(countUp(folder.at('tries'))).toBe(3)
  },
  'a body that exits once and is well the second time gives its result': async ({ parsl, folder }) => {
    const app = parsl.jsApp((path: string) => (countUp(path) === 1 ? process.exit(1) : 'well'), { retries: 1 })
    expect(await app(folder.at('tries'))).toBe('well')
  },
}

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

const outOfMemory: Cases<Bench> = {
  'a body that fills the heap fails, and memory is named': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      (path: string) => {
        countUp(path)
        const hoard: unknown[] = []
        for (;;) hoard.push(Array.from({ length: 10_000 }, (_, n) => ({ n })))
      },
      { resources: { memory: '96MiB' } },
    )
    expect(await errorOf(app(folder.at('tries')))).toMatchObject({
      code: 'PARSL_APP_OUT_OF_MEMORY',
      message: expect.stringContaining('96 MiB') as string,
    })
    expect(countUp(folder.at('tries'))).toBe(2)
  },
}

/** Bodies that take their worker with them. */
export const lostWorkers = ({ lost = 'PARSL_EXECUTOR' }: Expectations): readonly Group<Bench>[] => [
  { name: 'bodies that exit', when: ({ isolation }) => isolation !== 'none', cases: besideOthers(exits) },
  {
    name: 'bodies that are killed',
    when: ({ isolation }) => isolation === 'process',
    cases: besideOthers(killed(lost)),
  },
  {
    name: 'bodies that fill memory',
    when: ({ isolation, resources }) => isolation !== 'none' && resources.includes('memory'),
    cases: besideOthers(outOfMemory),
  },
]
