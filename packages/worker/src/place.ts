import type { Clock, ExecutorReport, Guardian, Logger, TaskTry } from '@parsl/interfaces'

/** The surroundings of bodies in one process. */
export interface Place {
  readonly report: Pick<ExecutorReport, 'succeeded' | 'failed'>
  readonly clock: Clock
  readonly log: Logger
  readonly guardian: Guardian
  readonly killGraceMs: number
  /** Somebody else ends this whole place where a body does not stop in time, so none is written off. */
  readonly isKilledOtherwise?: boolean
  /** Whether a promise that the body gave is its result as it stands, rather than waited for here. @defaultValue none is */
  readonly keeps?: (attempt: TaskTry, promise: PromiseLike<unknown>) => boolean
}

/** A body that runs somewhere and may be stopped, as what runs it sees it. */
export interface StoppableBody {
  readonly place: Place
  /** What it runs. */
  readonly taskTry: TaskTry
  /** Calls `kill` when the body is to stop, at once where it is already. */
  whenStopped(kill: () => void): void
  /** Throws the reason where the body is to stop. */
  throwIfStopped(): void
}
