import type { Executor } from '@parsl/interfaces'

/** What runs tasks where no executor is configured: threads, as many as the machine has cores. Not loaded elsewhere. */
export const localExecutor = async (): Promise<Executor> => {
  const { threadPoolExecutor } = await import('@parsl/executor-local')
  return threadPoolExecutor()
}
