import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  type Bytes,
  type Check,
  type Checks,
  complaintsAbout,
  ConfigurationError,
  type Duration,
  durationMs,
  isBoolean,
  isBytes,
  isCount,
  isDuration,
  isEither,
  isListOf,
  isNumber,
  isOneOf,
  isPositiveCount,
  isPositiveDuration,
  isText,
} from '@parsl/interfaces'

/** What a manager is told at its start: on its command line (`--max-workers-per-node 4`), or in a file of JSON (`{ "maxWorkersPerNode": 4 }`). */
export interface ManagerOptions {
  /** Where the interchange may be; all are tried. */
  readonly addresses: readonly string[]
  readonly port: number
  /** The folder of the run's keys, or `none`: then nothing is encrypted. */
  readonly keys: string
  readonly blockId: string
  /** Of the executor. */
  readonly label?: string
  /** Where its log goes; without it the standard error stream. */
  readonly logdir?: string
  /** This manager's name. */
  readonly uid?: string
  readonly coresPerWorker?: number
  readonly memPerWorker?: Bytes
  readonly maxWorkersPerNode?: number
  readonly prefetch?: number
  readonly heartbeatPeriod?: Duration
  readonly heartbeatThreshold?: Duration
  /** From its start until it drains. */
  readonly drainPeriod?: Duration
  /** How often it looks at the clock: every 2 seconds at least. */
  readonly poll?: Duration
  readonly probeTimeout?: Duration
  readonly workerKind?: 'processes' | 'threads'
  readonly cpuAffinity?: string
  readonly accelerators?: readonly string[]
  /** From its start until its block ends. */
  readonly walltime?: Duration
  /** When its block ends, in seconds since the epoch, as `date +%s` gives them. */
  readonly endsAt?: number
  /** So long before its block ends it drains. */
  readonly endMargin?: Duration
  /** How long bodies may take to stop. */
  readonly killGrace?: Duration
  /** Bytes of code and shared values that are kept while no task needs them. */
  readonly keep?: Bytes
  /** It ends when the process that started it has gone. */
  readonly watchParent?: boolean
}

const above0: Check = (value) => isNumber(value) ?? ((value as number) > 0 ? undefined : 'a number above 0')
const isPort: Check = (value) =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536 ? undefined : 'a port, 1 to 65535'
const MOST_POLL_MS = 2_000
const isPoll: Check = (value) => {
  const ms = durationMs(value) ?? 0
  return ms > 0 && ms <= MOST_POLL_MS ? undefined : `more than nothing, at most ${MOST_POLL_MS / 1_000} s`
}
const isSomeText: Check = (value) =>
  isListOf(isText)(value) ?? ((value as unknown[]).length > 0 ? undefined : 'a list with at least one item')

const AFFINITIES =
  /^(?:none|block|block-reverse|alternating|list:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*(?::\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)*)$/
const isAffinity: Check = (value) =>
  typeof value === 'string' && AFFINITIES.test(value)
    ? undefined
    : "'none', 'block', 'block-reverse', 'alternating' or 'list:0,1:2-3' (a list for each worker)"

const checks: Checks<ManagerOptions> = {
  addresses: isSomeText,
  port: isPort,
  keys: isText,
  blockId: isText,
  label: isText,
  logdir: isText,
  uid: isText,
  coresPerWorker: above0,
  memPerWorker: isBytes,
  maxWorkersPerNode: isEither(isPositiveCount, isOneOf(Infinity)),
  prefetch: isCount,
  heartbeatPeriod: isPositiveDuration,
  heartbeatThreshold: isPositiveDuration,
  drainPeriod: isDuration,
  poll: isPoll,
  probeTimeout: isPositiveDuration,
  workerKind: isOneOf('processes', 'threads'),
  cpuAffinity: isAffinity,
  accelerators: isListOf(isText),
  walltime: isPositiveDuration,
  endsAt: above0,
  endMargin: isDuration,
  killGrace: isDuration,
  keep: isBytes,
  watchParent: isBoolean,
}

const REQUIRED = ['addresses', 'port', 'keys', 'blockId'] as const
const LISTS: readonly string[] = ['addresses', 'accelerators']
/** These stay text, whatever they look like. */
const TEXTS: readonly string[] = ['keys', 'blockId', 'label', 'logdir', 'uid', 'cpuAffinity']
const SETTINGS = 'settings'

const flagOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const nameOf = (flag: string): string => flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Every option, as it stands on the command line. */
export const managerFlags: readonly string[] = Object.keys(checks).map(flagOf)

const isNumeral = (text: string): boolean => /^-?\d+(?:\.\d+)?$/.test(text) || text === 'Infinity'

const valueOf = (name: string, given: string | boolean): unknown => {
  if (typeof given === 'boolean' || name === SETTINGS || TEXTS.includes(name)) return given
  if (LISTS.includes(name)) return given.split(',').filter((item) => item !== '')
  return isNumeral(given) ? Number(given) : given
}

const refuse = (...complaints: readonly string[]): never => {
  throw new ConfigurationError(complaints)
}

const ofCommandLine = (args: readonly string[]): Record<string, unknown> => {
  const flags = Object.fromEntries(
    managerFlags.map((flag) => [flag, { type: flag === 'watch-parent' ? 'boolean' : 'string' } as const]),
  )
  try {
    const { values } = parseArgs({ args: [...args], options: { ...flags, [SETTINGS]: { type: 'string' } } })
    return Object.fromEntries(
      Object.entries(values).map(([flag, given]) => [nameOf(flag), valueOf(nameOf(flag), given as string | boolean)]),
    )
  } catch (cause) {
    return refuse(`the manager's command line: ${(cause as Error).message}`)
  }
}

const ofFile = (path: string | undefined): object => {
  if (path === undefined) return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object
  } catch (cause) {
    return refuse(`the manager's settings in ${path}: ${(cause as Error).message}`)
  }
}

/** Understood, and not yet done: better said than left out in silence. */
const notYet = ({ cpuAffinity = 'none', accelerators = [] }: ManagerOptions): string[] => [
  ...(cpuAffinity === 'none'
    ? []
    : [`manager.cpuAffinity ${JSON.stringify(cpuAffinity)} is not supported yet: leave it out`]),
  ...(accelerators.length === 0 ? [] : ['manager.accelerators are not supported yet: leave them out']),
]

/**
 * The options of a manager. What its command line says comes before what its settings file says.
 * @throws ConfigurationError `PARSL_CONFIG` with every complaint
 */
export const parseOptions = (args: readonly string[]): ManagerOptions => {
  const { [SETTINGS]: path, ...given } = ofCommandLine(args)
  const options = { ...ofFile(path as string | undefined), ...given } as unknown as ManagerOptions
  const missing = REQUIRED.filter((name) => options[name] === undefined)
  const complaints = [
    ...missing.map((name) => `manager.${name} is missing (--${flagOf(name)})`),
    ...complaintsAbout(options, checks, 'manager'),
  ]
  if (complaints.length === 0) complaints.push(...notYet(options))
  return complaints.length > 0 ? refuse(...complaints) : options
}
