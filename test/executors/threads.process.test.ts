import { executorConformance } from '@parsl/testing/executor'
import { executorFaults, executorWorkflows } from '@parsl/testing/workflows'
import { threadPoolExecutor } from '@parsl/executor-local'

const create = () => threadPoolExecutor({ maxThreads: 2 })

executorConformance({ create })
executorWorkflows({ create: () => ({ executors: [create()] }) })
executorFaults({ create: () => ({ executors: [create()] }) })
