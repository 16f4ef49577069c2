import { type AppOptions, type Config, configFromFile, dataFlowKernel } from '@parsl/core'
import { type BatchResult, runBatch } from './batch.js'
import { seven } from './body.js'
import { firstBatch, type Iteration, nextBatch } from './plan.js'

/** What is measured. */
export interface PerfOptions {
  /** A configuration file; without one, this machine. */
  readonly config: string | undefined
  readonly targetSeconds: number
  /** Bytes of the argument of each task. */
  readonly argsize: number
  readonly iterate: Iteration
  readonly resources: NonNullable<AppOptions['resources']>
}

/** Where a measurement tells how far it is. */
export interface PerfListener {
  starts(batch: number, tasks: number): Promise<void>
  ended(batch: number, result: BatchResult): Promise<void>
}

/** Runs batches of tasks that do nothing until the plan is through. */
export const measure = async (
  { config, targetSeconds, argsize, iterate, resources }: PerfOptions,
  listener: PerfListener,
): Promise<void> => {
  const given: Config = config === undefined ? {} : await configFromFile(config)
  const kernel = await dataFlowKernel({ progress: false, ...given })
  try {
    const app = kernel.jsApp(seven, { name: 'seven', resources })
    const extra = 'x'.repeat(argsize)
    let tasks: number | undefined = firstBatch(iterate)
    for (let batch = 1; tasks !== undefined; batch++) {
      await listener.starts(batch, tasks)
      const result = await runBatch(() => app(extra), tasks)
      await listener.ended(batch, result)
      tasks = nextBatch(iterate, { batch, ...result }, targetSeconds)
    }
  } finally {
    await kernel.close()
  }
}
