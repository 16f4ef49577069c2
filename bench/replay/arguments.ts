import { parseArgs } from 'node:util'
import { executors, type ExecutorName } from './executors.ts'
import { refusal, refuse } from './replay-error.ts'

const ORDERS = ['submission', 'critical-path'] as const

export interface ReplayArguments {
  readonly file: string
  readonly slots: number
  /** What recorded times are multiplied by; absent: so that the replay takes about 40 seconds. */
  readonly scale: number | undefined
  readonly order: (typeof ORDERS)[number]
  readonly executor: ExecutorName
}

const USAGE = 'pnpm bench replay FILE [--slots N] [--scale S] [--order submission|critical-path] [--executor NAME]'
const SLOTS = '4'

const OPTIONS = {
  slots: { type: 'string', default: SLOTS },
  scale: { type: 'string' },
  order: { type: 'string', default: 'submission' },
  executor: { type: 'string', default: 'processes' },
} as const

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw refusal(USAGE, [(error as Error).message])
  }
}

const isOneOf = <Name extends string>(names: readonly Name[], given: string): given is Name =>
  (names as readonly string[]).includes(given)

/** @throws ReplayError with every complaint */
export const argumentsOf = (args: readonly string[]): ReplayArguments => {
  const { values, positionals } = parse(args)
  const names = Object.keys(executors) as ExecutorName[]
  const slots = Number(values.slots)
  const scale = values.scale === undefined ? undefined : Number(values.scale)
  const { order, executor } = values
  const [file = ''] = positionals
  const isOrder = isOneOf(ORDERS, order)
  const isExecutor = isOneOf(names, executor)
  refuse(USAGE, [
    ...(positionals.length === 1 ? [] : [`one FILE is wanted, and there are ${positionals.length}`]),
    ...(Number.isSafeInteger(slots) && slots > 0
      ? []
      : [`--slots must be a whole number above 0, not ${values.slots}`]),
    ...(scale === undefined || (scale > 0 && scale < Infinity)
      ? []
      : [`--scale must be a number above 0, not ${values.scale}`]),
    ...(isOrder ? [] : [`--order must be one of ${ORDERS.join(', ')}, not ${order}`]),
    ...(isExecutor ? [] : [`--executor must be one of ${names.join(', ')}, not ${executor}`]),
  ])
  return { file, slots, scale, order: order as ReplayArguments['order'], executor: executor as ExecutorName }
}
