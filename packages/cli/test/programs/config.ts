import type { Config } from '@parsl/core'
import { threadPoolExecutor } from '@parsl/executor-local'

export const config: Config = { executors: [threadPoolExecutor({ maxThreads: 1, label: 'mine' })] }
