import { type Config, inProcessExecutor } from '@parsl/core'

export const freshConfig = async (): Promise<Config> => ({ executors: [inProcessExecutor({ label: 'fresh' })] })
