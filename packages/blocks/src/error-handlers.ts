import {
  type Block,
  type BlockLimits,
  complaintsAbout,
  ConfigurationError,
  isPositiveCount,
  staysAsConfiguration,
  TooManyJobFailuresError,
} from '@parsl/interfaces'
import { evidenceOf } from './evidence.js'

/** The executor whose blocks an error handler looks at. */
export interface BlocksOwner {
  readonly label: string
  readonly limits: BlockLimits
}

/**
 * Looks at the blocks whenever one has ended: those that live and the last that have ended, by rising id. What it gives (an error, or a text) is why the
 * executor is broken: everything outstanding fails with it. Nothing means that all may go on.
 */
export type BlockErrorHandler = (blocks: readonly Block[], owner: BlocksOwner) => Error | string | undefined

/** One whose workers connected shows that blocks work: that it was lost later may be an accident, and others follow. */
const hasFailed = ({ status, connected }: Block): boolean =>
  !connected && (status.state === 'failed' || status.state === 'missing')

/** What is said where all of these have failed. */
const verdictOn = (blocks: readonly Block[], label: string): Error =>
  new TooManyJobFailuresError(
    label,
    blocks.map(({ id }) => id),
    blocks.map(evidenceOf).join('\n'),
  )

/** Never gives an executor up: blocks are asked for again and again, ever more slowly. */
export const noopErrorHandler = (): BlockErrorHandler => staysAsConfiguration(() => undefined)

/** Gives an executor up when it has had as many blocks as it was to start with, and every one has failed before any of its workers connected. A single block that did not keeps it going. */
export const simpleErrorHandler = (): BlockErrorHandler =>
  staysAsConfiguration((blocks, { label, limits }) =>
    blocks.length >= Math.max(1, limits.init) && blocks.every(hasFailed) ? verdictOn(blocks, label) : undefined,
  )

/** Options of {@link windowedErrorHandler}. */
export interface WindowedErrorHandlerOptions {
  /** Blocks in a row. @defaultValue 3 */
  readonly threshold?: number
}

const MOST_THRESHOLD = 100

/**
 * Gives an executor up when the newest `threshold` blocks have all failed before any of their workers connected.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const windowedErrorHandler = (options: WindowedErrorHandlerOptions = {}): BlockErrorHandler => {
  const isThreshold = (value: unknown) =>
    isPositiveCount(value) ?? ((value as number) > MOST_THRESHOLD ? `at most ${MOST_THRESHOLD}` : undefined)
  const complaints = complaintsAbout(options, { threshold: isThreshold }, 'windowedErrorHandler')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { threshold = 3 } = options
  return staysAsConfiguration((blocks, { label }) => {
    const newest = blocks.slice(-threshold)
    return newest.length === threshold && newest.every(hasFailed) ? verdictOn(newest, label) : undefined
  })
}

/** The handler that an option names. */
export const handlerOf = (option: boolean | BlockErrorHandler = true): BlockErrorHandler => {
  if (typeof option === 'function') return option
  return option ? simpleErrorHandler() : noopErrorHandler()
}

for (const factory of [noopErrorHandler, simpleErrorHandler, windowedErrorHandler]) staysAsConfiguration(factory)
