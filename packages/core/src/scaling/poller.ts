import type { Clock, Logger } from '@parsl/interfaces'
import type { StartedExecutor } from '../executor/started.js'
import { newLook, type ScalingSettings, type Watched } from './look.js'

/** Adds and removes blocks of executors that have such. */
export interface Scaling {
  /** Looks at those of these executors that have blocks, at once and then every period. */
  watch(executors: readonly StartedExecutor[]): void
  /** Decides nothing more. */
  stop(): void
}

/** One tick a period for all executors of a kernel. One executor's trouble is none of the others'. */
export const newScaling = (
  settings: ScalingSettings,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Scaling => {
  const look = newLook(settings, log)
  const all: Watched[] = []
  let callOff: (() => void) | undefined
  let isStopped = false

  const lookSafely = (watched: Watched): void => {
    try {
      look(watched, clock.now())
    } catch (error) {
      log.error({ executor: watched.executor.plugin.label, err: error }, 'the executor could not be scaled')
    }
  }
  const plan = (): void => {
    if (!isStopped) callOff = clock.after(settings.strategyPeriodMs, tick)
  }
  const tick = (): void => {
    for (const watched of all) lookSafely(watched)
    plan()
  }
  return {
    watch: (executors) => {
      if (isStopped) return
      for (const executor of executors) {
        const { scaling } = executor.running
        if (!scaling) continue
        const watched = { executor, scaling, hasBegun: false, busyAt: clock.now(), lastWhy: '' }
        all.push(watched)
        lookSafely(watched)
      }
      if (all.length > 0 && !callOff) plan()
    },
    stop: () => {
      isStopped = true
      callOff?.()
    },
  }
}
