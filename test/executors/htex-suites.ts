import { executorConformance } from '@parsl/testing/executor'
import { executorFaults, executorWorkflows } from '@parsl/testing/workflows'
import { highThroughputExecutor, type HighThroughputOptions } from '@parsl/executor-htex'

/** All that an executor must do, of one kind of high-throughput executor. */
export const htexSuites = (options: HighThroughputOptions): void => {
  const create = () => highThroughputExecutor({ maxWorkersPerNode: 2, ...options })

  executorConformance({ create })
  executorWorkflows({ create: () => ({ executors: [create()] }) })
  executorFaults({ create: () => ({ executors: [create()] }) })
}
