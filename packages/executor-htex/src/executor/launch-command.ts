import type { NetworkInterfaceInfo } from 'node:os'
import type { HtexSettings } from '../settings.js'

/** What is the same for every manager of a run. */
export interface LaunchPlace {
  /** Of this Node. */
  readonly node: string
  /** The manager's program. */
  readonly program: string
  readonly addresses: readonly string[]
  readonly port: number
  /** The folder of the run's keys. */
  readonly keysDir: string | undefined
  readonly logdir: string
  readonly killGraceMs: number
  /** Until the batch system ends a block. */
  readonly walltimeMs: number | undefined
  /** The block runs on this machine, below the process that starts it. */
  readonly isHere: boolean
}

const isPlain = (text: string): boolean => /^[\w./:@%+=,-]+$/.test(text)

/** Text as one word of a shell. */
const quoted = (text: string): string => (isPlain(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`)

const milliseconds = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${Math.ceil(ms)}ms`

const isLinkLocal = (address: string): boolean => address.toLowerCase().startsWith('fe80:')

/** Addresses under which this machine may be reached: those of its networks first, IPv4 before IPv6; its own loopback last. */
export const addressesOf = (interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): readonly string[] => {
  const rank = ({ internal, family }: NetworkInterfaceInfo): number => (internal ? 2 : 0) + (family === 'IPv4' ? 0 : 1)
  const all = Object.values(interfaces).flatMap((some) => some ?? [])
  // A link-local address means nothing without the name of an interface on the other side.
  const usable = all.filter(({ address }) => !isLinkLocal(address)).toSorted((a, b) => rank(a) - rank(b))
  return [...new Set(usable.map(({ address }) => address))]
}

/** The shell text that starts the manager of a node. */
export const launchCommand = (settings: HtexSettings, place: LaunchPlace, block: string): string => {
  const { node, program, addresses, port, keysDir, logdir, killGraceMs, walltimeMs, isHere } = place
  const options: readonly (readonly [flag: string, value: string | number | undefined])[] = [
    ['addresses', addresses.join(',')],
    ['port', port],
    ['keys', keysDir ?? 'none'],
    ['block-id', block],
    ['label', settings.label],
    ['logdir', logdir],
    ['worker-kind', settings.workers],
    ['cores-per-worker', settings.coresPerWorker],
    ['mem-per-worker', settings.memPerWorkerBytes],
    ['max-workers-per-node', settings.maxWorkersPerNode],
    ['prefetch', settings.prefetch],
    ['heartbeat-period', milliseconds(settings.heartbeatPeriodMs)],
    ['heartbeat-threshold', milliseconds(settings.heartbeatThresholdMs)],
    ['drain-period', milliseconds(settings.drainPeriodMs)],
    ['probe-timeout', milliseconds(settings.addressProbeTimeoutMs)],
    ['kill-grace', milliseconds(killGraceMs)],
    ['walltime', milliseconds(walltimeMs)],
  ]
  const words = options.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]))
  const command = [node, program, ...words, ...(isHere ? ['--watch-parent'] : [])].map(quoted).join(' ')
  return settings.launchCommand.replaceAll('{command}', () => command)
}
