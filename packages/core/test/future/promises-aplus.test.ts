import runConformance from 'promises-aplus-tests'
import { expect, it } from 'vitest'
import type { DataFlowKernel } from '../../src/index.js'
import { testKernel } from '../fixture.js'

interface MochaTest {
  fullTitle(): string
}

/** The suite rejects derived promises on purpose, and handles none of them. */
const withUnhandledRejections = (): Disposable => {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', () => {})
  return {
    [Symbol.dispose]: () => {
      process.removeAllListeners('unhandledRejection')
      for (const listener of listeners) process.on('unhandledRejection', listener)
    },
  }
}

const adapterFor = (kernel: DataFlowKernel) => {
  const settledBy = kernel.jsApp((wait: () => Promise<unknown>) => wait())
  return {
    deferred: () => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      return { promise: settledBy(() => promise), resolve, reject }
    },
  }
}

it('keeps every rule of Promises/A+', { timeout: 120_000 }, async () => {
  using _ = withUnhandledRejections()
  await using kernel = await testKernel()
  const passed: string[] = []
  const failed: string[] = []
  // The runner calls it with `new`.
  function reporter(runner: NodeJS.EventEmitter): void {
    runner.on('pass', (test: MochaTest) => passed.push(test.fullTitle()))
    runner.on('fail', (test: MochaTest, error: Error) => failed.push(`${test.fullTitle()}: ${error.message}`))
  }
  await new Promise<void>((resolve) =>
    runConformance(adapterFor(kernel), { reporter, timeout: 20_000 }, () => resolve()),
  )
  expect(failed).toEqual([])
  expect(passed.length).toBeGreaterThan(850)
})
