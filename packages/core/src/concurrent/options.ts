import {
  type Check,
  type Checks,
  complaintsAbout,
  ConfigurationError,
  isEither,
  isListOf,
  isObject,
  isOneOf,
  isText,
} from '@parsl/interfaces'
import type { Config } from '../config/config.js'
import type { DataFlowKernel } from '../kernel/kernel.js'

/** What a pool runs on: exactly one of `config` and `dfk`. */
export interface PoolOptions {
  /** Starts a kernel of the pool's own, which ends with the pool. `{}` runs on this machine. */
  readonly config?: Config
  /** A kernel that runs already, and goes on when the pool is shut down. */
  readonly dfk?: DataFlowKernel
  /** Labels of the executors that the pool may use. @defaultValue 'all' */
  readonly executors?: 'all' | readonly string[]
}

/** How a pool ends. */
export interface ShutdownOptions {
  /** Wait until all has ended that was submitted. @defaultValue true */
  readonly wait?: boolean
  /** Cancel what has not started. @defaultValue false */
  readonly cancelFutures?: boolean
}

const isKernel: Check = (value) => {
  if (typeof value === 'function') return 'a kernel: call it (dfk())'
  if (isObject(value) === undefined && typeof (value as DataFlowKernel).submit === 'function') return undefined
  return 'a kernel: what load() and dataFlowKernel() give, awaited, or dfk()'
}

const isLabels: Check = (value) => {
  const complaint = isEither(isOneOf('all'), isListOf(isText))(value)
  if (complaint === undefined) return (value as readonly string[]).length === 0 ? 'at least one label' : undefined
  const isConfig = Array.isArray(value) && value.some((item) => isObject(item) === undefined)
  return isConfig ? 'labels (executors themselves belong into config: { config: { executors } })' : complaint
}

const CHECKS: Checks<PoolOptions> = { config: isObject, dfk: isKernel, executors: isLabels }

const choiceComplaints = ({ config, dfk }: PoolOptions): string[] => {
  if (config !== undefined && dfk !== undefined)
    return ['a pool has its own kernel (config) or uses another (dfk): give one of them, not both']
  return config === undefined && dfk === undefined
    ? ['a pool needs a kernel: give config ({} for this machine) or dfk (a running kernel)']
    : []
}

/** @throws ConfigurationError `PARSL_CONFIG` with every complaint */
export const checkPoolOptions = (options: PoolOptions): void => {
  const complaints = complaintsAbout<PoolOptions>(options, CHECKS, 'options of a pool')
  if (complaints.length === 0) complaints.push(...choiceComplaints(options))
  if (complaints.length > 0) throw new ConfigurationError(complaints)
}
