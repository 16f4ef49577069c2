import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { arch, platform } from 'node:os'
import type { TaskState } from '@parsl/interfaces'
import type { UsageTracking } from '../config/config.js'

/** What may be told of a run. */
export interface UsageFacts {
  readonly runId: string
  /** Labels of the executors. */
  readonly executors: readonly string[]
}

const SEND_MS = 2_000

/** Sends one datagram, and never fails. */
const send = (collector: string, message: object): Promise<void> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(collector)
    const host = hostname.replace(/^\[|\]$/g, '')
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    let finished = false
    const finish = (): void => {
      if (finished) return
      finished = true
      clearTimeout(timer)
      socket.close(() => resolve())
    }
    const timer = setTimeout(finish, SEND_MS)
    socket.on('error', finish)
    socket.send(JSON.stringify(message), Number(port), host, finish)
  })

/** Tells the collector of the start; returns how to tell it of the end. Does nothing, and opens no socket, where tracking is not asked for. */
export const trackUsage = (
  tracking: UsageTracking | undefined,
  { runId, executors }: UsageFacts,
): ((end: { readonly counts: Readonly<Record<TaskState, number>>; readonly seconds: number }) => Promise<void>) => {
  if (!tracking) return async () => {}
  const { collector, level, project } = tracking
  const base = { correlator: runId, ...(project === undefined ? {} : { project }) }
  const started = send(collector, {
    ...base,
    event: 'start',
    node: process.version,
    platform: platform(),
    arch: arch(),
    level,
    ...(level >= 2 ? { executors } : {}),
  })
  return async ({ counts, seconds }) => {
    await started
    if (level === 3) await send(collector, { ...base, event: 'end', counts, seconds })
  }
}
