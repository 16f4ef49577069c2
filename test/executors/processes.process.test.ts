import { executorConformance } from '@parsl/testing/executor'
import { executorWorkflows } from '@parsl/testing/workflows'
import { processPoolExecutor } from '@parsl/executor-local'

executorConformance({ create: () => processPoolExecutor({ maxProcesses: 2 }) })
executorWorkflows({ create: () => ({ executors: [processPoolExecutor({ maxProcesses: 2 })] }) })
