// Providers that each break one rule, run through the contract kit: what it says of them is what the test looks at.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Provider } from '@parsl/interfaces'
import { describe } from 'vitest'
import { providerConformance } from '../../src/provider/index.js'
import { smallProvider } from './small-provider.js'

/** The small provider with a fault. */
const faulty = (fault: (provider: Provider) => Partial<Provider>): Provider => {
  const provider = smallProvider()
  return { ...provider, ...fault(provider) }
}

const bad: Record<string, Provider> = {
  'guesses success': faulty(({ status }) => ({
    status: async (jobs, call) => {
      const statuses = await status(jobs, call)
      return new Map([...statuses].map(([job, one]) => [job, one.state === 'unknown' ? { state: 'completed' } : one]))
    },
  })),
  'writes the environment': faulty(({ submit }) => ({
    submit: (block, call) => {
      const { jobName, scriptDir, env } = block
      writeFileSync(join(scriptDir, `${jobName}.env`), JSON.stringify(env))
      return submit(block, call)
    },
  })),
  'is deaf to signals': faulty(({ submit, status }) => ({
    submit: (block) => submit(block, { signal: new AbortController().signal }),
    status: (jobs) => status(jobs, { signal: new AbortController().signal }),
  })),
  'cancels nothing': faulty(() => ({ cancel: async () => {} })),
  'cancels everything': faulty(({ cancel }) => ({ cancel: (_, call) => cancel(['*'], call) })),
  'has no exit codes': faulty(({ status }) => ({
    status: async (jobs, call) =>
      new Map([...(await status(jobs, call))].map(([job, { state }]) => [job, { state }] as const)),
  })),
}

describe('no fault', () => {
  providerConformance({ create: smallProvider, guardMs: 20_000 })
})

describe.each(Object.entries(bad))('%s', (_, provider) => {
  providerConformance({ create: () => provider, guardMs: 1_000 })
})
