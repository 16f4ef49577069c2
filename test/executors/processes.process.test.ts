import { executorConformance } from '@parsl/testing/executor'
import { executorFaults, executorWorkflows } from '@parsl/testing/workflows'
import { processPoolExecutor } from '@parsl/executor-local'

const create = () => processPoolExecutor({ maxProcesses: 2 })

executorConformance({ create })
executorWorkflows({ create: () => ({ executors: [create()] }) })
executorFaults({ create: () => ({ executors: [create()] }) })
