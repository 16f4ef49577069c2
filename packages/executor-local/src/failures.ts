import { AppExited, AppOutOfMemory, type FailureKind, WorkerLost } from '@parsl/interfaces'
import type { WorkerFailure } from '@parsl/worker'
import type { LocalWork } from './local-work.js'

/** Why a try failed whose worker ended under it: the body's doing where that is known, else the infrastructure's. */
export const failureOf =
  (executor: string) =>
  (end: WorkerFailure, work: LocalWork | undefined): { readonly error: Error; readonly kind: FailureKind } => {
    const { worker, exitCode, signal, exited, outOfMemory, evidence } = end
    const lost = new WorkerLost({ executor, worker, exitCode, signal }, evidence)
    if (!work) return { error: lost, kind: 'lost' }
    const { app } = work.attempt.spec
    if (outOfMemory)
      return { error: new AppOutOfMemory({ app, worker, heapMb: work.heapMb }, { cause: lost }), kind: 'body' }
    if (exited !== undefined) return { error: new AppExited(app, exited), kind: 'body' }
    return { error: lost, kind: 'lost' }
  }
