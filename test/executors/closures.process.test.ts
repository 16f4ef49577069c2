import { dataFlowKernel, isParslError } from '@parsl/core'
import { highThroughputExecutor } from '@parsl/executor-htex'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import { scratch } from '@parsl/testing'
import { type ClosureCase, closureCorpus } from '@parsl/testing/closures'
import { describe } from 'vitest'
import { cases } from '../../packages/serialize/test/capture/corpus/cases.ts'
import { cases as more } from '../../packages/serialize/test/capture/corpus/more.ts'

const corpus = { ...cases, ...more }

/** Those that a tool may rewrite so that they travel; otherwise they are refused. */
const either = new Map(
  Object.values(corpus).flatMap((one) => (one.refuse && 'expect' in one ? [[one.fn as unknown, one]] : [])),
)

const all = Object.fromEntries(
  Object.entries(corpus).map(([name, one]): [string, ClosureCase] => {
    const { fn, args = [], expect, refuse, repeat = 1 } = one
    return [name, { fn, args, repeat, ...(refuse && !either.has(fn) ? { refuse } : { expect }) }]
  }),
)

const expectedWhereRefused = (fn: unknown, error: unknown): unknown => {
  const one = either.get(fn)
  if (isParslError(error, 'PARSL_SERIALIZE') && one?.refuse?.test(error.message)) return one.expect
  throw error
}

/** One worker, so that what a case is run again for meets what the run before left. */
const executors = [
  threadPoolExecutor({ maxThreads: 1 }),
  processPoolExecutor({ maxProcesses: 1 }),
  highThroughputExecutor({ maxWorkersPerNode: 1 }),
  highThroughputExecutor({ label: 'htex-threads', maxWorkersPerNode: 1, workers: 'threads', encrypted: false }),
]

describe.each(executors)('on $label', (executor) => {
  const folder = scratch()
  const kernel = folder.then(({ path }) =>
    dataFlowKernel({ runDir: path, log: false, progress: false, handleSignals: false, executors: [executor] }),
  )
  closureCorpus({
    cases: all,
    run: async (fn, args) => {
      const app = (await kernel).jsApp(fn)
      return app(...(args as never[])).catch((error: unknown) => expectedWhereRefused(fn, error))
    },
  })
})
