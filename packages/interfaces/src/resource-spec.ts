import type { Bytes } from './bytes.js'

/**
 * What one task asks for. An executor says in its capabilities which keys it understands; another key is refused before the task is launched.
 * @experimental
 */
export interface ResourceSpec {
  /** Whole cores. */
  readonly cores?: number
  readonly memory?: Bytes
  readonly disk?: Bytes
  /** Whole devices. */
  readonly gpus?: number
  /** Nodes of the block that the task spans (MPI, Flux). */
  readonly nodes?: number
  readonly ranksPerNode?: number
  readonly ranks?: number
  /** Extra words for the MPI launcher. */
  readonly launcherOptions?: string
  /** Countable resources of the site's own, by name. */
  readonly custom?: Readonly<Record<string, number>>
}

/** Every key of a {@link ResourceSpec}. */
export const RESOURCE_KEYS: readonly (keyof ResourceSpec)[] = [
  'cores',
  'memory',
  'disk',
  'gpus',
  'nodes',
  'ranksPerNode',
  'ranks',
  'launcherOptions',
  'custom',
]
