import { type Config, inProcessExecutor } from '@parsl/core'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'

type Executor = NonNullable<Config['executors']>[number]

/** An executor to replay on. */
export interface ReplayExecutor {
  readonly make: (slots: number) => Executor
  /** Whether each slot is a worker of its own, which must have started before the clock does. */
  readonly hasWorkers: boolean
}

/** By what `--executor` calls them. */
export const executors = {
  processes: {
    make: (slots) => processPoolExecutor({ maxProcesses: slots, minProcesses: slots }),
    hasWorkers: true,
  },
  threads: { make: (slots) => threadPoolExecutor({ maxThreads: slots, minThreads: slots }), hasWorkers: true },
  inProcess: { make: (slots) => inProcessExecutor({ concurrency: slots }), hasWorkers: false },
} as const satisfies Readonly<Record<string, ReplayExecutor>>

export type ExecutorName = keyof typeof executors
