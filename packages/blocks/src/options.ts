import {
  type BlockLimits,
  type Check,
  complaintsAbout,
  isBoolean,
  isCount,
  isEither,
  isFunction,
  isNumber,
  isObject,
  isPositiveCount,
  type Provider,
} from '@parsl/interfaces'
import type { BlockErrorHandler } from './error-handlers.js'

/** The part of an executor's options that says how many blocks there are. */
export interface BlocksOption {
  /** Blocks that are asked for at the start. @defaultValue 1, at most `max` */
  readonly init?: number
  /** Blocks that are kept when there is no work. @defaultValue 0 */
  readonly min?: number
  /** Blocks at most. @defaultValue 1, at least `init` and `min` */
  readonly max?: number
  /** Workers for each outstanding task, from 0 (a single block) to 1 (as many as there are tasks, as far as `max` goes). @defaultValue 1 */
  readonly parallelism?: number
}

/** What an executor that uses a provider is given by its user. */
export interface ElasticOptions {
  readonly provider: Provider
  readonly blocks?: BlocksOption | undefined
  /** Decides by the blocks that ended whether the executor is broken; `true` is the simple one, `false` none. @defaultValue true */
  readonly blockErrorHandler?: boolean | BlockErrorHandler | undefined
}

const isShare: Check = (value) =>
  isNumber(value) === undefined && (value as number) >= 0 && (value as number) <= 1 ? undefined : 'a number from 0 to 1'

const LIMITS = { init: isCount, min: isCount, max: isPositiveCount, parallelism: isShare }
const PROVIDER = [
  'name',
  'capabilities',
  'statusPeriodMs',
  'nodesPerBlock',
  'submit',
  'status',
  'cancel',
  'cancelCommand',
]

const isProvider: Check = (value) =>
  isObject(value) === undefined && PROVIDER.every((name) => (value as Record<string, unknown>)[name] !== undefined)
    ? undefined
    : `a provider (an object with ${PROVIDER.join(', ')})`

/** Numbers that contradict each other. */
const contradictions = (option: BlocksOption, where: string): string[] => {
  const { init, min, max } = limitsOf(option)
  return Object.entries({ init, min })
    .filter(([, count]) => count > max)
    .map(([name, count]) => `${where}.blocks.${name} is ${count}, more than ${where}.blocks.max, which is ${max}`)
}

const limitComplaints = (option: BlocksOption | undefined, where: string): string[] => {
  if (option === undefined) return []
  const complaints = complaintsAbout<BlocksOption>(option, LIMITS, `${where}.blocks`)
  return complaints.length > 0 ? complaints : contradictions(option, where)
}

const providerComplaints = (provider: unknown, where: string): string[] => {
  const expected = isProvider(provider)
  if (expected !== undefined) return [`${where}.provider must be ${expected}`]
  const { name, nodesPerBlock, launcher } = provider as Provider
  return nodesPerBlock > 1 && launcher === undefined
    ? [
        `${where}.provider has ${nodesPerBlock} nodes a block and no launcher, so that all but one would stay idle: give ${name} a launcher`,
      ]
    : []
}

/** Every complaint about these options. */
export const complaintsAboutBlocks = (options: ElasticOptions, where: string): string[] => {
  const { provider, blocks, blockErrorHandler } = options
  const isHandler = isEither(isBoolean, isFunction)
  const expected = blockErrorHandler === undefined ? undefined : isHandler(blockErrorHandler)
  return [
    ...providerComplaints(provider, where),
    ...limitComplaints(blocks, where),
    ...(expected === undefined ? [] : [`${where}.blockErrorHandler must be ${expected}`]),
  ]
}

/** The numbers with their defaults. */
export const limitsOf = ({ init, min = 0, max, parallelism = 1 }: BlocksOption = {}): BlockLimits => {
  const most = max ?? Math.max(1, init ?? 1, min)
  return { init: init ?? Math.min(1, most), min, max: most, parallelism }
}
