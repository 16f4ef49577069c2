import {
  type Bytes,
  type Check,
  complaintsAbout,
  ConfigurationError,
  isBytes,
  isCount,
  isPositiveCount,
  isText,
  isEither,
  isOneOf,
} from '@parsl/interfaces'
import { heapMbOf } from '@parsl/worker'

/** What threads and processes have in common. */
export interface LocalOptions {
  /** Name of the executor. @defaultValue 'threads' or 'processes' */
  readonly label?: string
  /** Heap of each worker; a task with `resources: { memory }` gets a worker with as much. @defaultValue Node's own limit */
  readonly memPerWorker?: Bytes
  /** A worker is replaced after so many tasks; `1` gives each task a fresh one. @defaultValue Infinity */
  readonly maxTasksPerWorker?: number
}

/** The numbers of workers, under the names that they have in the options. */
export interface WorkerCounts {
  readonly most: string
  readonly least: string
}

export interface LocalSettings {
  readonly label: string
  readonly size: number
  readonly warm: number
  readonly maxTasksPerWorker: number
  readonly heapMb: number | undefined
}

/** @throws ConfigurationError `PARSL_CONFIG` */
export const settingsOf = (
  options: LocalOptions,
  names: WorkerCounts & { readonly factory: string },
  defaults: { readonly label: string; readonly most: number; readonly least: number },
): LocalSettings => {
  const checks: Record<string, Check> = {
    label: isText,
    [names.most]: isPositiveCount,
    [names.least]: isCount,
    memPerWorker: isBytes,
    maxTasksPerWorker: isEither(isPositiveCount, isOneOf(Infinity)),
  }
  const complaints = complaintsAbout(options as Record<string, unknown>, checks, names.factory)
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const given = options as Record<string, number | undefined>
  const { label = defaults.label, memPerWorker, maxTasksPerWorker = Infinity } = options
  const size = given[names.most] ?? defaults.most
  return {
    label,
    size,
    warm: Math.min(size, given[names.least] ?? defaults.least),
    maxTasksPerWorker,
    heapMb: memPerWorker === undefined ? undefined : heapMbOf(memPerWorker),
  }
}
