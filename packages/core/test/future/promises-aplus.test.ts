import runConformance from 'promises-aplus-tests'
import { expect, it } from 'vitest'
import type { DataFlowKernel } from '../../src/index.js'
import { testKernel } from '../fixture.js'

interface MochaTest {
  fullTitle(): string
}

/** The suite rejects derived promises on purpose, and handles none of them, or late. */
const withoutNews = (): Disposable => {
  const kept = (['unhandledRejection', 'warning'] as const).map((event) => {
    const listeners = process.listeners(event as 'warning')
    process.removeAllListeners(event)
    process.on(event, () => {})
    return { event, listeners }
  })
  return {
    [Symbol.dispose]: () => {
      for (const { event, listeners } of kept) {
        process.removeAllListeners(event)
        for (const listener of listeners) process.on(event as 'warning', listener)
      }
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
  using _ = withoutNews()
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
