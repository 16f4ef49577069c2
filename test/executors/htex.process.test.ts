import { executorConformance } from '@parsl/testing/executor'
import { executorFaults, executorWorkflows } from '@parsl/testing/workflows'
import { highThroughputExecutor, type HighThroughputOptions } from '@parsl/executor-htex'
import { describe } from 'vitest'

const kinds: Readonly<Record<string, HighThroughputOptions>> = {
  'processes, encrypted': {},
  'processes, not encrypted': { encrypted: false },
  'threads, encrypted': { workers: 'threads' },
  'threads, not encrypted': { workers: 'threads', encrypted: false },
}

describe.each(Object.entries(kinds))('%s', (_name, options) => {
  const create = () => highThroughputExecutor({ maxWorkersPerNode: 2, ...options })

  executorConformance({ create })
  executorWorkflows({ create: () => ({ executors: [create()] }) })
  executorFaults({ create: () => ({ executors: [create()] }) })
})
