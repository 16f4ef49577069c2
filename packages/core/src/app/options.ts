import { isOutput } from '@parsl/data'
import {
  type Check,
  complaintsAbout,
  ConfigurationError,
  type Duration,
  durationMs,
  isAbortSignal,
  isBoolean,
  isBytes,
  isCount,
  isEither,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isPositiveCount,
  isPositiveDuration,
  isRecordOf,
  isText,
  RESOURCE_KEYS,
  type ResourceSpec,
} from '@parsl/interfaces'
import type { AppDefinition, StreamOption } from '../kernel/task.js'
import type { Submitter } from '../kernel/loaded.js'

/** How an app runs: given when it is made, or for one call by `app.with(options)`. */
export interface AppOptions {
  /** What the app is called in logs and messages. @defaultValue the name of its function */
  readonly name?: string
  /** Where standard output goes: `'auto'` (a file of the task's own below the run directory; what bash apps do), `'inherit'`, `'ignore'`, a path (appended to), `{ path, mode }`, or `output(...)`. */
  readonly stdout?: StreamOption
  readonly stderr?: StreamOption
  /** How long one try may run, from the start of its body. */
  readonly walltime?: Duration
  /** How long the whole task may take, from its submission. */
  readonly timeout?: Duration
  readonly resources?: ResourceSpec
  /** Smaller runs first; tasks without one run last. */
  readonly priority?: number
  /** Labels of the executors that may run it. @defaultValue any */
  readonly executors?: 'all' | readonly string[]
  /** What failures of the body may cost before it is given up. @defaultValue the kernel's */
  readonly retries?: number
  /** How often a try may be lost to infrastructure. 0 for a body that must not run twice. @defaultValue the kernel's */
  readonly infrastructureRetries?: number
  /** Cancels the task when aborted. */
  readonly signal?: AbortSignal
  /** Becomes part of the names of automatic stream files. */
  readonly label?: string
  /** Remember results: a call with equal arguments takes the result of an earlier one. @defaultValue false */
  readonly cache?: boolean
  /** What does not count for `cache`: positions of arguments from 0, and names of fields of arguments. */
  readonly ignoreForCache?: readonly (string | number)[]
  /** For `cache`, stands for what the body does, in place of its code and all that it reaches: change it when old results shall not be taken. */
  readonly version?: string | number
  /** Added to the environment of commands. */
  readonly env?: Readonly<Record<string, string>>
  /** The kernel that runs it. @defaultValue the one that is loaded when the app is called */
  readonly kernel?: Submitter
}

const MODES = ['a', 'a+', 'ax', 'w', 'w+', 'wx']
const isStreamFile: Check = (value) =>
  isObject(value) === undefined &&
  isText((value as { path?: unknown }).path) === undefined &&
  MODES.includes((value as { mode: string }).mode)
    ? undefined
    : `{ path, mode } with mode one of ${MODES.join(', ')}`
const isStream = isEither(isText, isStreamFile, (value) => (isOutput(value) ? undefined : 'output(...)'))
/** Where a stream goes, said in full. */
export const isStreamPlace: Check = (value) => (value === 'auto' ? "a place other than 'auto'" : isStream(value))
const isEnvValue: Check = (value) => (typeof value === 'string' ? undefined : 'text')
const isIgnored = isEither(isText, isCount)
const isKernel: Check = (value) =>
  isObject(value) === undefined && typeof (value as Submitter).submit === 'function' ? undefined : 'a kernel'

const RESOURCE_CHECKS: { readonly [Key in keyof Required<ResourceSpec>]: Check } = {
  cores: isPositiveCount,
  memory: isBytes,
  disk: isBytes,
  gpus: isCount,
  nodes: isPositiveCount,
  ranksPerNode: isPositiveCount,
  ranks: isPositiveCount,
  launcherOptions: isText,
  custom: isRecordOf(isNumber),
}

const CHECKS: { readonly [Key in keyof Required<AppOptions>]: Check } = {
  name: isText,
  stdout: isStream,
  stderr: isStream,
  walltime: isPositiveDuration,
  timeout: isPositiveDuration,
  resources: isObject,
  priority: isNumber,
  executors: isEither(isOneOf('all'), isListOf(isText)),
  retries: (value) => (isNumber(value) === undefined && (value as number) >= 0 ? undefined : 'a number, 0 or more'),
  infrastructureRetries: isCount,
  signal: isAbortSignal,
  label: (value) =>
    isText(value) === undefined && !/[/\0]/.test(value as string) ? undefined : 'text without slashes',
  cache: isBoolean,
  ignoreForCache: isListOf(isIgnored),
  version: isEither(isText, isNumber),
  env: isRecordOf(isEnvValue),
  kernel: isKernel,
}

const contradictions = (options: AppOptions, where: string): string[] => {
  const walltime = durationMs(options.walltime)
  const timeout = durationMs(options.timeout)
  return [
    ...(walltime !== undefined && timeout !== undefined && walltime > timeout
      ? [`${where}.walltime is longer than timeout, which counts from submission: it could never be reached`]
      : []),
    ...(options.ignoreForCache && !options.cache
      ? [`${where}.ignoreForCache says what does not count for cache, and cache is not on`]
      : []),
    ...(options.version !== undefined && !options.cache
      ? [`${where}.version says what counts for cache, and cache is not on`]
      : []),
    ...(options.executors?.length === 0 ? [`${where}.executors is empty: name at least one, or leave it out`] : []),
  ]
}

/** A join runs in the program, on no executor. */
const NOT_FOR_JOINS: readonly (keyof AppOptions)[] = ['stdout', 'stderr', 'executors', 'resources', 'env']

/** @throws ConfigurationError `PARSL_CONFIG` with every complaint */
export const checkAppOptions = (
  options: AppOptions,
  app: { readonly name: string; readonly kind: AppDefinition['kind'] },
): void => {
  const where = `options of app ${app.name}`
  const complaints = complaintsAbout(options, CHECKS, where)
  if (complaints.length === 0) {
    if (options.resources)
      complaints.push(...complaintsAbout(options.resources, RESOURCE_CHECKS, `${where}: resources`))
    complaints.push(...contradictions(options, where))
    if (app.kind === 'join') {
      complaints.push(
        ...NOT_FOR_JOINS.filter((name) => options[name] !== undefined).map(
          (name) => `${where}.${name} has no meaning for a join app: it runs in the program`,
        ),
      )
    }
  }
  if (complaints.length > 0) throw new ConfigurationError(complaints)
}

const executorsOf = ({ executors }: AppOptions): readonly string[] | undefined =>
  executors === undefined || executors === 'all' ? undefined : [...executors]

const rememberingOf = ({ cache = false, ignoreForCache = [], version }: AppOptions) => ({
  cache,
  ignoreForCache,
  version: version?.toString(),
})

/** What the kernel needs to know of an app. */
export const defineApp = (
  what: {
    readonly name: string
    readonly kind: AppDefinition['kind']
    readonly body: (...args: never[]) => unknown
    readonly internal?: boolean
  },
  options: AppOptions,
): AppDefinition => {
  const { name, kind, body, internal = kind === 'join' } = what
  const { resources = {}, priority, env = {} } = options
  const stream = kind === 'bash' ? 'auto' : undefined
  return {
    name,
    kind,
    internal,
    spec: {
      app: name,
      kind: kind === 'bash' ? 'bash' : 'js',
      body,
      resources,
      priority,
      walltimeMs: durationMs(options.walltime),
      env,
    },
    executors: executorsOf(options),
    needs: RESOURCE_KEYS.filter((key) => resources[key] !== undefined),
    retries: options.retries,
    infrastructureRetries: options.infrastructureRetries,
    ...rememberingOf(options),
    timeoutMs: durationMs(options.timeout),
    signal: options.signal,
    label: options.label,
    stdout: options.stdout ?? stream,
    stderr: options.stderr ?? stream,
  }
}
