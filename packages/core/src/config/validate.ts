import { localStaging } from '@parsl/data'
import {
  type Backoff,
  type Check,
  type Checks,
  complaintsAbout,
  ConfigurationError,
  type DependencyResolver,
  type Executor,
  isBoolean,
  isCount,
  isDuration,
  isEither,
  isFunction,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isPositiveDuration,
  isText,
  parseDuration,
} from '@parsl/interfaces'
import { deepResolver } from '../dependency/deep.js'
import { shallowResolver } from '../dependency/shallow.js'
import { localExecutor } from '../executor/local.js'
import { INTERNAL } from '../executor/registry.js'
import { basicMemoizer } from '../memo/basic-memoizer.js'
import type { Config, UsageTracking } from './config.js'

/** A configuration with every default filled in. */
export interface Settings
  extends Required<Omit<Config, Optional | 'dependencyResolver' | Timed>>, Pick<Config, Optional> {
  readonly resolver: DependencyResolver
  readonly killGraceMs: number
  readonly strategyPeriodMs: number
  readonly maxIdleMs: number
}
type Optional = 'retryHandler' | 'retryBackoff' | 'stdAutopath' | 'usageTracking'
type Timed = 'killGrace' | 'strategyPeriod' | 'maxIdleTime'

const has = (what: string, ...methods: readonly string[]): Check => {
  const expected = `${what} (an object with ${methods.join(', ')})`
  return (value) =>
    isObject(value) === undefined && methods.every((name) => (value as Record<string, unknown>)[name] !== undefined)
      ? undefined
      : expected
}

const isPlugin = has('an executor', 'label', 'capabilities', 'start')
const isExecutor: Check = (value) =>
  isPlugin(value) ?? (isText((value as Executor).label) === undefined ? undefined : 'an executor with a label of text')
const isCost: Check = (value) =>
  isNumber(value) === undefined && (value as number) >= 0 ? undefined : 'a number, 0 or more'

const CHECKS: { readonly [Key in keyof Required<Config>]: Check } = {
  executors: isListOf(isExecutor),
  memoizer: has('a memoizer', 'name', 'start'),
  dependencyResolver: isEither(isOneOf('deep', 'shallow'), has('a resolver', 'name', 'gather', 'unwrap')),
  exitMode: isOneOf('wait', 'cleanup', 'skip'),
  retries: isCost,
  retryHandler: isFunction,
  retryBackoff: isObject,
  infrastructureRetries: isCount,
  strategy: isOneOf('none', 'simple', 'htexAutoScale'),
  strategyPeriod: isPositiveDuration,
  maxIdleTime: isDuration,
  runDir: isText,
  stdAutopath: isFunction,
  monitoring: isListOf(has('a monitoring sink', 'event', 'close')),
  staging: isListOf(has('a staging', 'name', 'claims', 'stageIn', 'stageOut')),
  killGrace: isDuration,
  onSubmitterLost: isOneOf('end', 'finish'),
  handleSignals: isBoolean,
  progress: isOneOf(true, false, 'auto'),
  log: isEither(isOneOf('debug', 'info', 'warn', 'error', false), has('a logger', 'debug', 'info', 'warn', 'error')),
  garbageCollect: isBoolean,
  usageTracking: isObject,
}

const BACKOFF_CHECKS: { readonly [Key in keyof Required<Backoff>]: Check } = {
  initial: isPositiveDuration,
  factor: (value) => (isNumber(value) === undefined && (value as number) >= 1 ? undefined : 'a number, 1 or more'),
  max: isPositiveDuration,
  jitter: isBoolean,
}

const isCollector: Check = (value) => {
  const match = typeof value === 'string' && /^udp:\/\/(?:\[[\da-f:.]+\]|[^:/[\]]+):(\d{1,5})$/i.exec(value)
  const port = match ? Number(match[1]) : 0
  return port > 0 && port < 65_536 ? undefined : "'udp://host:port'"
}
const USAGE_CHECKS: { readonly [Key in keyof Required<UsageTracking>]: Check } = {
  collector: isCollector,
  level: isOneOf(1, 2, 3),
  project: isText,
}

/** Labels that are taken twice, or cannot name a folder. */
const labelComplaints = (executors: readonly Executor[]): string[] => {
  const labels = executors.map(({ label }) => label)
  const twice = new Set(labels.filter((label, index) => labels.indexOf(label) !== index))
  const bad = labels.filter((label) => !/^[\w-][\w.-]*$/.test(label) || label === INTERNAL)
  return [
    ...bad.map(
      (label) =>
        `config.executors holds the label ${JSON.stringify(label)}: use letters, digits, '.', '-' and '_', no '.' at the start, and not ${INTERNAL}`,
    ),
    ...[...twice].map(
      (label) =>
        `config.executors holds ${labels.filter((one) => one === label).length} executors labelled ${JSON.stringify(label)}: labels must differ`,
    ),
  ]
}

/** Complaints about executors that shall run beside those there are. */
export const complaintsAboutAdding = (executors: unknown, others: readonly Executor[]): string[] => {
  const expected = isListOf(isExecutor)(executors)
  return expected === undefined
    ? labelComplaints([...others, ...(executors as readonly Executor[])])
    : [`executors must be ${expected}`]
}

/** Complaints about an option that holds options itself, some of which `needed`, with a hint. */
const complaintsWithin = <Part extends object>(
  where: string,
  given: Part | undefined,
  expected: { readonly checks: Checks<Part>; readonly needed: { readonly [Key in keyof Part]?: string } },
): string[] => {
  if (given === undefined) return []
  const missing = Object.entries(expected.needed).filter(([name]) => given[name as keyof Part] === undefined)
  return [
    ...complaintsAbout<Part>(given, expected.checks, where),
    ...missing.map(([name, hint]) => `${where}.${name} must be given: ${String(hint)}`),
  ]
}

const partComplaints = ({ retryBackoff, usageTracking, executors }: Config): string[] => [
  ...complaintsWithin('config.retryBackoff', retryBackoff, {
    checks: BACKOFF_CHECKS,
    needed: { initial: 'how long to wait before the second try' },
  }),
  ...complaintsWithin('config.usageTracking', usageTracking, {
    checks: USAGE_CHECKS,
    needed: { collector: 'nothing is sent anywhere by default', level: '1, 2 or 3' },
  }),
  ...labelComplaints(executors ?? []),
  ...(executors?.length === 0
    ? ['config.executors is empty: name at least one, or leave it out to run on this machine']
    : []),
]

/** @throws ConfigurationError `PARSL_CONFIG` with every complaint */
export const settingsOf = async (config: Config): Promise<Settings> => {
  const complaints = complaintsAbout(config, CHECKS, 'config')
  if (complaints.length === 0) complaints.push(...partComplaints(config))
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { dependencyResolver = 'deep', killGrace = '5s', strategyPeriod = '5s', maxIdleTime = '2m', ...rest } = config
  return {
    exitMode: 'wait',
    retries: 0,
    infrastructureRetries: 3,
    strategy: 'simple',
    runDir: 'runinfo',
    onSubmitterLost: 'end',
    handleSignals: true,
    progress: 'auto',
    log: 'info',
    garbageCollect: true,
    monitoring: [],
    staging: [localStaging()],
    memoizer: basicMemoizer(),
    executors: config.executors ?? [await localExecutor()],
    ...(defined(rest) as Partial<Settings>),
    resolver:
      dependencyResolver === 'deep'
        ? deepResolver
        : dependencyResolver === 'shallow'
          ? shallowResolver
          : dependencyResolver,
    killGraceMs: parseDuration(killGrace),
    strategyPeriodMs: parseDuration(strategyPeriod),
    maxIdleMs: parseDuration(maxIdleTime),
  }
}

const defined = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
