import { executorConformance } from '@parsl/testing/executor'
import { executorWorkflows } from '@parsl/testing/workflows'
import { threadPoolExecutor } from '@parsl/executor-local'

executorConformance({ create: () => threadPoolExecutor({ maxThreads: 2 }) })
executorWorkflows({ create: () => ({ executors: [threadPoolExecutor({ maxThreads: 2 })] }) })
