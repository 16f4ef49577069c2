import { isIP } from 'node:net'
import { type BlockErrorHandler, complaintsAboutBlocks, limitsOf } from '@parsl/blocks'
import {
  type BlockLimits,
  bytesOf,
  type Check,
  type Checks,
  complaintsAbout,
  ConfigurationError,
  durationMs,
  isBoolean,
  isBytes,
  isCount,
  isFunction,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isPositiveCount,
  isPositiveDuration,
  isText,
  parseBytes,
  parseDuration,
  type Provider,
  type Staging,
} from '@parsl/interfaces'
import type { HighThroughputOptions, ManagerSelector } from './options.js'

/** Options with their defaults. */
export interface HtexSettings {
  readonly label: string
  /** With the launcher that was given; absent: the local one. */
  readonly provider: Provider | undefined
  readonly blocks: BlockLimits
  readonly blockErrorHandler: boolean | BlockErrorHandler
  readonly workers: 'processes' | 'threads'
  readonly coresPerWorker: number
  readonly memPerWorkerBytes: number | undefined
  readonly maxWorkersPerNode: number | undefined
  readonly prefetch: number
  readonly drainPeriodMs: number | undefined
  readonly managerSelector: ManagerSelector
  readonly encrypted: boolean
  readonly address: string | undefined
  readonly ports: number | { readonly from: number; readonly to: number }
  readonly addressProbeTimeoutMs: number
  readonly heartbeatPeriodMs: number
  readonly heartbeatThresholdMs: number
  readonly workerLogdirRoot: string | undefined
  readonly maxMessageBytes: number
  readonly interchangeCommand: readonly string[] | undefined
  readonly launchCommand: string
  readonly startTimeoutMs: number
  readonly staging: readonly Staging[] | undefined
}

const FACTORY = 'highThroughputExecutor'
const LAST_PORT = 65_535
const MOST_MESSAGE_BYTES = 4 * 2 ** 30 - 1

const isPositive: Check = (value) => isNumber(value) ?? ((value as number) > 0 ? undefined : 'a number above 0')
const isAddress: Check = (value) =>
  typeof value === 'string' && isIP(value) !== 0 ? undefined : "an IPv4 or IPv6 address, such as '10.0.0.5'"
const isPort: Check = (value) =>
  isPositiveCount(value) === undefined && (value as number) <= LAST_PORT ? undefined : `a port, from 1 to ${LAST_PORT}`
const isPortRange: Check = (value) => {
  const [first, last, ...more] = Array.isArray(value) ? (value as unknown[]) : []
  const arePorts = isPort(first) === undefined && isPort(last) === undefined && more.length === 0
  return arePorts && Number(first) <= Number(last) ? undefined : 'the first and the last port: [54000, 55000]'
}
const isSomeBytes: Check = (value) => isBytes(value) ?? ((bytesOf(value) ?? 0) > 0 ? undefined : 'more than nothing')
const isMessageSize: Check = (value) =>
  isSomeBytes(value) ?? ((bytesOf(value) ?? 0) <= MOST_MESSAGE_BYTES ? undefined : 'less than 4GiB')
const isCommandText: Check = (value) =>
  typeof value === 'string' && value.includes('{command}')
    ? undefined
    : "shell text with '{command}' in it, in place of which stands what starts the manager"
/** It names a folder. */
const isLabel: Check = (value) =>
  typeof value === 'string' && /^[^/\0]+$/.test(value) ? undefined : "text without '/'"
const isNothing: Check = (value) =>
  value === 0 || (Array.isArray(value) && value.length === 0)
    ? undefined
    : '[]: workers cannot be given accelerators yet'
const isNone: Check = (value) => (value === 'none' ? undefined : "'none': workers cannot be pinned to cores yet")
/** Looked at with the blocks. */
const isAnything: Check = () => undefined

const CHECKS: Checks<HighThroughputOptions> = {
  label: isLabel,
  provider: isObject,
  launcher: isFunction,
  blocks: isObject,
  blockErrorHandler: isAnything,
  workers: isOneOf('processes', 'threads'),
  coresPerWorker: isPositive,
  memPerWorker: isSomeBytes,
  maxWorkersPerNode: isPositiveCount,
  cpuAffinity: isNone,
  availableAccelerators: isNothing,
  prefetch: isCount,
  drainPeriod: isPositiveDuration,
  managerSelector: isOneOf('random', 'blockId', 'fewestManagers'),
  encrypted: isBoolean,
  address: isAddress,
  port: isPort,
  portRange: isPortRange,
  addressProbeTimeout: isPositiveDuration,
  heartbeatPeriodMs: isPositiveDuration,
  heartbeatThresholdMs: isPositiveDuration,
  workerLogdirRoot: isText,
  maxMessageSize: isMessageSize,
  interchangeCommand: isListOf(isText),
  launchCommand: isCommandText,
  startTimeout: isPositiveDuration,
  staging: isListOf(isObject),
}

const DEFAULTS = {
  label: 'htex',
  blockErrorHandler: true,
  workers: 'processes',
  coresPerWorker: 1,
  maxWorkersPerNode: undefined,
  prefetch: 0,
  managerSelector: 'random',
  encrypted: true,
  address: undefined,
  workerLogdirRoot: undefined,
  interchangeCommand: undefined,
  launchCommand: '{command}',
  staging: undefined,
} as const

const PORTS = [54_000, 55_000] as const

/** Durations and amounts, as they are where nothing is said. */
const MEASURES = {
  addressProbeTimeout: '30s',
  heartbeatPeriodMs: 30_000,
  heartbeatThresholdMs: 120_000,
  maxMessageSize: '1GiB',
  startTimeout: '120s',
} as const

const given = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T

const withLauncher = ({ provider, launcher }: HighThroughputOptions): Provider | undefined =>
  provider && launcher ? { ...provider, launcher } : provider

/** What no option shows alone. */
const contradictions = (options: HighThroughputOptions): string[] => {
  const { heartbeatPeriodMs, heartbeatThresholdMs } = { ...MEASURES, ...options }
  const [period = 0, threshold = 0] = [heartbeatPeriodMs, heartbeatThresholdMs].map((given) => durationMs(given, 'ms'))
  const { port, portRange, launcher, provider, interchangeCommand } = options
  return [
    ...(threshold < 2 * period
      ? [
          `${FACTORY}.heartbeatThresholdMs is ${threshold}, less than two heartbeats, which take ${2 * period}: one that is late would end a manager`,
        ]
      : []),
    ...(port !== undefined && portRange !== undefined ? [`${FACTORY} takes port or portRange, not both`] : []),
    ...(launcher && !provider ? [`${FACTORY}.launcher needs a provider, such as localProvider()`] : []),
    ...(interchangeCommand?.length === 0 ? [`${FACTORY}.interchangeCommand names no program`] : []),
  ]
}

const complaintsIn = (options: HighThroughputOptions): string[] => {
  const complaints = complaintsAbout<HighThroughputOptions>(options, CHECKS, FACTORY)
  if (complaints.length > 0) return complaints
  const { blocks, blockErrorHandler } = options
  const provider = withLauncher(options)
  return [...complaintsAboutBlocks({ provider, blocks, blockErrorHandler }, FACTORY), ...contradictions(options)]
}

const measuresOf = (options: HighThroughputOptions) => {
  const { memPerWorker, drainPeriod } = options
  const measures = { ...MEASURES, ...given(options) }
  return {
    memPerWorkerBytes: memPerWorker === undefined ? undefined : parseBytes(memPerWorker),
    drainPeriodMs: drainPeriod === undefined ? undefined : parseDuration(drainPeriod),
    addressProbeTimeoutMs: parseDuration(measures.addressProbeTimeout),
    heartbeatPeriodMs: parseDuration(measures.heartbeatPeriodMs, 'ms'),
    heartbeatThresholdMs: parseDuration(measures.heartbeatThresholdMs, 'ms'),
    maxMessageBytes: parseBytes(measures.maxMessageSize),
    startTimeoutMs: parseDuration(measures.startTimeout),
  }
}

/** @throws ConfigurationError `PARSL_CONFIG` with every complaint */
export const settingsOf = (options: HighThroughputOptions): HtexSettings => {
  const complaints = complaintsIn(options)
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { port, portRange: [from, to] = PORTS } = options
  const { label, workers, coresPerWorker, maxWorkersPerNode, prefetch, managerSelector, ...plain } = {
    ...DEFAULTS,
    ...given(options),
  }
  return {
    label,
    workers,
    coresPerWorker,
    maxWorkersPerNode,
    prefetch,
    managerSelector,
    encrypted: plain.encrypted,
    address: plain.address,
    blockErrorHandler: plain.blockErrorHandler,
    workerLogdirRoot: plain.workerLogdirRoot,
    interchangeCommand: plain.interchangeCommand,
    launchCommand: plain.launchCommand,
    staging: plain.staging,
    provider: withLauncher(options),
    blocks: limitsOf(options.blocks),
    ports: port ?? { from, to },
    ...measuresOf(options),
  }
}
