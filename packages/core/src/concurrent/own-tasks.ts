import type { AppFuture } from '../future/app-future.js'

type AnyFuture = AppFuture<unknown, readonly unknown[]>

/** The tasks of one pool that have not ended. */
export interface OwnTasks {
  add(future: AnyFuture): void
  /** Cancels those that have not started, or all. */
  cancel(which: 'waiting' | 'all', why: string): void
  /** Resolves when none is left. */
  ended(): Promise<void>
}

const hasStarted = ({ state }: AnyFuture): boolean => state === 'running' || state === 'joining'

export const newOwnTasks = (): OwnTasks => {
  const live = new Set<AnyFuture>()
  let waiting: (() => void)[] = []
  const remove = (future: AnyFuture): void => {
    live.delete(future)
    if (live.size > 0) return
    const resolves = waiting
    waiting = []
    for (const resolve of resolves) resolve()
  }
  return {
    add: (future) => {
      if (future.isSettled) return
      live.add(future)
      future.watch(() => remove(future))
    },
    cancel: (which, why) => {
      // The last first, so that none fails for want of one before it.
      for (const future of [...live].toReversed()) if (which === 'all' || !hasStarted(future)) future.cancel(why)
    },
    ended: () => (live.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
