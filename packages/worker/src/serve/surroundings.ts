import { type Guardian, type Logger, systemClock } from '@parsl/interfaces'
import type { Place } from '../place.js'
import type { WorkerSettings } from '../settings.js'
import type { WorkerPort } from './port.js'

/** A guardian is told by way of the pool. */
const guardianOf = (port: WorkerPort): Guardian => ({
  // What commands are marked with came with their app.
  mark: () => ({}),
  processGroup: (pgid) => {
    port.post({ type: 'group', pgid })
    return () => port.post({ type: 'groupEnded', pgid })
  },
  command: () => () => {},
  path: (path) => {
    port.post({ type: 'path', path })
    return () => port.post({ type: 'pathGone', path })
  },
})

const plainFact = (value: unknown): unknown => {
  if (value instanceof Error) return value.stack ?? value.message
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

/** Facts as a message can carry them. */
const plain = (facts: object): object =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, plainFact(value)]))

const loggerOf = (port: WorkerPort): Logger => {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (facts: object, message: string): void =>
      port.post({ type: 'log', level, facts: plain(facts), message })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** The surroundings of bodies in a worker. */
export const surroundings = (port: WorkerPort, { killGraceMs }: WorkerSettings, report: Place['report']): Place => ({
  report,
  // Time that runs out keeps no body alive that waits for nothing; the pool watches over the time as well.
  clock: { now: systemClock.now, after: (ms, task) => systemClock.after(ms, task) },
  log: loggerOf(port),
  guardian: guardianOf(port),
  killGraceMs,
  isKilledOtherwise: true,
})
