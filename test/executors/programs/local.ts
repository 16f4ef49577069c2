import { highThroughputExecutor } from '@parsl/executor-htex'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'
import { type Config, dataFlowKernel, type DataFlowKernel } from '@parsl/core'
import { writeSync } from 'node:fs'

/** Where the tasks of a program run. */
export type Where = 'default' | 'threads' | 'processes' | 'htex'

const executors: Readonly<Record<Where, Pick<Config, 'executors'>>> = {
  default: {},
  threads: { executors: [threadPoolExecutor({ maxThreads: 8 })] },
  processes: { executors: [processPoolExecutor({ maxProcesses: 8 })] },
  htex: { executors: [highThroughputExecutor({ maxWorkersPerNode: 8, coresPerWorker: 0.1 })] },
}

/** Tells the test, which may have gone. */
export const say = (line: string): void => {
  try {
    writeSync(1, `${line}\n`)
  } catch {
    return
  }
}

export const start = async (where: Where): Promise<DataFlowKernel> => {
  const parsl = await dataFlowKernel({ killGrace: '300ms', progress: false, ...executors[where] })
  say(`run ${parsl.runId}`)
  return parsl
}

/** What the test asked for. */
export const optionsOf = <Options>(): Options => JSON.parse(process.argv[2] ?? '{}') as Options
