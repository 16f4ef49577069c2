import type { Executor } from '@parsl/interfaces'

/** What runs tasks where no executor is configured: processes, as many as the machine has cores. Not loaded elsewhere. */
export const localExecutor = async (): Promise<Executor> => {
  const { processPoolExecutor } = await import('@parsl/executor-local')
  return processPoolExecutor()
}
