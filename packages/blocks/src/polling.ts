import type { Clock, JobId, JobStatus, Provider } from '@parsl/interfaces'
import { boundedCall } from './bounded-call.js'

/** Asking a provider how its jobs are. */
export interface Polling {
  /** There may be jobs to ask about. */
  jobsChanged(): void
  /** The program waits for the answers: it stays alive for them, and the next comes as soon as the provider allows. */
  hurry(): void
  stop(): void
}

/** What polling works with. */
export interface PollingParts {
  readonly provider: Provider
  readonly clock: Clock
  /** From 0 to 1. */
  random(): number
  jobs(): readonly JobId[]
  answered(statuses: ReadonlyMap<JobId, JobStatus>): void
  failed(error: Error): void
}

const JITTER = 0.1
/** A batch system that does not answer is asked ever less often, up to so many periods apart. */
const MOST_PERIODS = 8
const LEAST_PATIENCE_MS = 60_000

/** One status call a period, never two at once, and none without jobs. */
export const newPolling = ({ provider, clock, random, jobs, answered, failed }: PollingParts): Polling => {
  const { statusPeriodMs, name } = provider
  const patienceMs = Math.max(LEAST_PATIENCE_MS, 2 * statusPeriodMs)
  // The first look at a job that was just handed over tells nothing, but for those that end at once.
  let lastAt = clock.now()
  let failures = 0
  let isBusy = false
  let isHurried = false
  let isStopped = false
  let callOff: (() => void) | undefined

  const waitMs = (): number => {
    const periods = Math.min(MOST_PERIODS, 2 ** failures) * (isHurried ? 1 : 1 + JITTER * random())
    return Math.max(0, lastAt + statusPeriodMs * periods - clock.now())
  }
  const plan = (): void => {
    if (isBusy || isStopped || callOff || jobs().length === 0) return
    callOff = clock.after(waitMs(), () => void poll(), isHurried ? 'keepAlive' : undefined)
  }
  const poll = async (): Promise<void> => {
    callOff = undefined
    isBusy = true
    const asked = jobs()
    try {
      const bound = { clock, ms: patienceMs, what: `the status of ${name}` }
      const statuses = await boundedCall((call) => provider.status(asked, call), bound)
      failures = 0
      if (!isStopped) answered(statuses)
    } catch (error) {
      failures++
      if (!isStopped) failed(error as Error)
    } finally {
      isBusy = false
      lastAt = clock.now()
      plan()
    }
  }
  return {
    jobsChanged: plan,
    hurry: () => {
      isHurried = true
      callOff?.()
      callOff = undefined
      plan()
    },
    stop: () => {
      isStopped = true
      callOff?.()
      callOff = undefined
    },
  }
}
