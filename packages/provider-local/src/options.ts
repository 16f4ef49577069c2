import {
  type Check,
  complaintsAbout,
  ConfigurationError,
  type Duration,
  isFunction,
  isPositiveDuration,
  type Launcher,
  parseDuration,
} from '@parsl/interfaces'

/** Options of {@link localProvider}. */
export interface LocalProviderOptions {
  /** Shell text that each block runs first: `module load`, `export`, `ulimit`. @defaultValue '' */
  readonly workerInit?: string
  /** How the command of a block is started. @defaultValue it is run once */
  readonly launcher?: Launcher
  /** Between SIGTERM and SIGKILL, when a block is cancelled or leaves processes behind. At most half a minute. @defaultValue '5s' */
  readonly killGrace?: Duration
  /** Between two looks at the blocks. @defaultValue '1s' */
  readonly statusPeriod?: Duration
}

/** Options with their defaults. */
export interface LocalProviderSettings {
  readonly workerInit: string
  readonly launcher: Launcher | undefined
  readonly killGraceMs: number
  readonly statusPeriodMs: number
}

/** The guardian gives a command line a minute, and the group has to be gone within. */
const MOST_GRACE_MS = 30_000

const isShellText: Check = (value) => (typeof value === 'string' && !value.includes('\0') ? undefined : 'shell text')
const isGrace: Check = (value) =>
  isPositiveDuration(value) ??
  (parseDuration(value as Duration) <= MOST_GRACE_MS ? undefined : 'a duration of at most half a minute')

/** @throws ConfigurationError `PARSL_CONFIG` */
export const settingsOf = (options: LocalProviderOptions): LocalProviderSettings => {
  const checks = { workerInit: isShellText, launcher: isFunction, killGrace: isGrace, statusPeriod: isPositiveDuration }
  const complaints = complaintsAbout<LocalProviderOptions>(options, checks, 'localProvider')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { workerInit = '', launcher, killGrace = '5s', statusPeriod = '1s' } = options
  return { workerInit, launcher, killGraceMs: parseDuration(killGrace), statusPeriodMs: parseDuration(statusPeriod) }
}
