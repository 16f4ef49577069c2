import { AppTimeout, type TaskTry } from '@parsl/interfaces'
import { heapMbOf, patienceFor, type PoolWork } from '@parsl/worker'

/** A try as the pool of a local executor runs it. */
export interface LocalWork extends PoolWork {
  readonly attempt: TaskTry
  /** Lets go of the shared values that it takes. */
  readonly letGo: readonly (() => void)[]
}

/** How long a worker may take to say that it has stopped a body in time. */
const SLACK_MS = 250

/** What is the same for all tries of a local executor. */
export interface LocalLimits {
  readonly killGraceMs: number
  readonly heapMb: number | undefined
}

const heapOf = ({ spec }: TaskTry, { heapMb }: LocalLimits): number | undefined => {
  const { memory } = spec.resources
  return memory === undefined ? heapMb : heapMbOf(memory)
}

export const workOf = (attempt: TaskTry, sent: Pick<LocalWork, 'parcel' | 'letGo'>, limits: LocalLimits): LocalWork => {
  const { spec } = attempt
  const { app, walltimeMs } = spec
  const graceMs = patienceFor(spec, limits.killGraceMs)
  return {
    attempt,
    ...sent,
    spec,
    priority: spec.priority,
    heapMb: heapOf(attempt, limits),
    graceMs,
    limit:
      walltimeMs === undefined
        ? undefined
        : {
            ms: walltimeMs + graceMs + SLACK_MS,
            error: () => new AppTimeout({ app, limit: 'walltime', limitMs: walltimeMs }),
          },
  }
}
