import { randomUUID } from 'node:crypto'
import { availableParallelism, freemem, hostname, release, type as osName } from 'node:os'
import { ConfigurationError, parseBytes, parseDuration } from '@parsl/interfaces'
import { WIRE_VERSION } from '../wire/messages.js'
import type { ManagerOptions } from './options.js'
import type { Identity, Times } from './state.js'

/** What a manager's machine has, as far as it may use it. */
export interface Machine {
  readonly cores: number
  /** Bytes. */
  readonly memory: number
}

/** Everything that a manager goes by. */
export interface ManagerSettings {
  readonly addresses: readonly string[]
  readonly port: number
  /** The folder of the run's keys. */
  readonly keysDir: string | undefined
  readonly label: string
  readonly logdir: string | undefined
  readonly workers: number
  readonly workerKind: 'processes' | 'threads'
  /** MiB. */
  readonly heapMb: number | undefined
  readonly probeTimeoutMs: number
  readonly keepBytes: number
  readonly watchParent: boolean
  readonly identity: Identity
  readonly times: Times
}

const MEBIBYTE = 2 ** 20
const GIBIBYTE = 2 ** 30

const DEFAULTS = {
  label: 'HighThroughputExecutor',
  coresPerWorker: 1,
  maxWorkersPerNode: Infinity,
  prefetch: 0,
  heartbeatPeriod: '30s',
  heartbeatThreshold: '120s',
  poll: '250ms',
  probeTimeout: '30s',
  workerKind: 'processes',
  endMargin: '30s',
  killGrace: '5s',
  keep: '256MiB',
  watchParent: false,
} as const

const amountIn = (env: NodeJS.ProcessEnv, name: string): number | undefined => {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const amount = Number(text)
  if (amount > 0 && Number.isFinite(amount)) return amount
  throw new ConfigurationError([`${name} must be a number above 0, not ${JSON.stringify(text)}`])
}

/** Memory that may be used: in a container less than the machine has. */
const availableMemory = (): number => Math.min(freemem(), process.availableMemory())

/**
 * What this machine has: what its environment says (`PARSL_CORES`, `PARSL_MEMORY_GB`), else what we find.
 * @throws ConfigurationError `PARSL_CONFIG` where the environment says nonsense
 */
export const machineOf = (env: NodeJS.ProcessEnv): Machine => {
  const gigabytes = amountIn(env, 'PARSL_MEMORY_GB')
  return {
    cores: amountIn(env, 'PARSL_CORES') ?? availableParallelism(),
    memory: gigabytes === undefined ? availableMemory() : Math.floor(gigabytes * GIBIBYTE),
  }
}

/**
 * How many workers there is room for.
 * @throws ConfigurationError `PARSL_CONFIG` where there is none for a single one
 */
export const workersFor = (options: ManagerOptions, { cores, memory }: Machine): number => {
  const { maxWorkersPerNode = DEFAULTS.maxWorkersPerNode, coresPerWorker = DEFAULTS.coresPerWorker } = options
  const { memPerWorker, accelerators = [] } = options
  const byCores = Math.floor(cores / coresPerWorker)
  const byMemory = memPerWorker === undefined ? Infinity : Math.floor(memory / Math.max(1, parseBytes(memPerWorker)))
  const byAccelerators = accelerators.length > 0 ? accelerators.length : Infinity
  if (byCores < 1)
    throw new ConfigurationError([`a worker takes ${coresPerWorker} cores, and this machine has ${cores}`])
  if (byMemory < 1)
    throw new ConfigurationError([
      `a worker takes ${memPerWorker} of memory, and this machine has ${Math.floor(memory / MEBIBYTE)} MiB`,
    ])
  return Math.min(maxWorkersPerNode, byCores, byMemory, byAccelerators)
}

const optionalMs = (given: ManagerOptions['walltime']): number | undefined =>
  given === undefined ? undefined : parseDuration(given)

const endOf = ({ endsAt, walltime }: ManagerOptions, now: number): number | undefined => {
  const byWalltime = walltime === undefined ? Infinity : now + parseDuration(walltime)
  const end = Math.min(endsAt === undefined ? Infinity : endsAt * 1_000, byWalltime)
  return end === Infinity ? undefined : end
}

const timesOf = (options: ManagerOptions, now: number): Times => {
  const heartbeatPeriodMs = parseDuration(options.heartbeatPeriod ?? DEFAULTS.heartbeatPeriod)
  const heartbeatThresholdMs = parseDuration(options.heartbeatThreshold ?? DEFAULTS.heartbeatThreshold)
  if (heartbeatThresholdMs <= heartbeatPeriodMs)
    throw new ConfigurationError([
      `manager.heartbeatThreshold (${heartbeatThresholdMs} ms) must be longer than heartbeatPeriod (${heartbeatPeriodMs} ms)`,
    ])
  const drainMs = optionalMs(options.drainPeriod)
  return {
    pollMs: parseDuration(options.poll ?? DEFAULTS.poll),
    heartbeatPeriodMs,
    heartbeatThresholdMs,
    drainAt: drainMs === undefined ? undefined : now + drainMs,
    endsAt: endOf(options, now),
    endMarginMs: parseDuration(options.endMargin ?? DEFAULTS.endMargin),
    killGraceMs: parseDuration(options.killGrace ?? DEFAULTS.killGrace),
  }
}

/** Where and when settings are made. */
export interface SettingsPlace {
  readonly machine: Machine
  readonly now: number
  /** Of this package. */
  readonly version: string
}

const identityOf = (options: ManagerOptions, times: Times, { machine, now, version }: SettingsPlace): Identity => ({
  wire: WIRE_VERSION,
  versions: { parsl: version, node: process.versions.node },
  manager: options.uid ?? randomUUID().slice(-12),
  block: options.blockId,
  host: hostname(),
  pid: process.pid,
  startedAt: now,
  slots: workersFor(options, machine),
  prefetch: options.prefetch ?? DEFAULTS.prefetch,
  cores: machine.cores,
  memory: machine.memory,
  gpus: options.accelerators?.length ?? 0,
  custom: {},
  endsAt: times.endsAt,
  os: `${osName()} ${release()}`,
  dir: process.cwd(),
})

const heapMbOf = ({ memPerWorker }: ManagerOptions): number | undefined =>
  memPerWorker === undefined ? undefined : Math.max(1, Math.floor(parseBytes(memPerWorker) / MEBIBYTE))

/**
 * What a manager goes by, of its options and its machine.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const settingsOf = (options: ManagerOptions, place: SettingsPlace): ManagerSettings => {
  const times = timesOf(options, place.now)
  const identity = identityOf(options, times, place)
  return {
    addresses: options.addresses,
    port: options.port,
    keysDir: options.keys === 'none' ? undefined : options.keys,
    label: options.label ?? DEFAULTS.label,
    logdir: options.logdir,
    workers: identity.slots,
    workerKind: options.workerKind ?? DEFAULTS.workerKind,
    heapMb: heapMbOf(options),
    probeTimeoutMs: parseDuration(options.probeTimeout ?? DEFAULTS.probeTimeout),
    keepBytes: parseBytes(options.keep ?? DEFAULTS.keep),
    watchParent: options.watchParent ?? DEFAULTS.watchParent,
    identity,
    times,
  }
}
