import { inProcessExecutor } from '@parsl/core'
import { executorConformance } from '../src/executor/index.js'
import { executorFaults, executorWorkflows } from '../src/workflows/index.js'

const create = () => inProcessExecutor({ concurrency: 4 })

executorConformance({ create })
executorWorkflows({ create: () => ({ executors: [create()] }) })
executorFaults({ create: () => ({ executors: [create()] }) })
