import type { InterchangeSettings } from './state.js'

/** Ports on which an interchange may listen: any that is free, one, or the first free one of a range. */
export type Ports = 'any' | number | { readonly from: number; readonly to: number }

/** What an interchange is told by the program that starts it: one line of JSON on its standard input, which stays open as long as the program lives. */
export interface InterchangeStart extends Omit<InterchangeSettings, 'versions'> {
  /** Version of @parsl that the program runs. */
  readonly parsl: string
  /** The Unix socket on which the program waits for it. */
  readonly socketPath: string
  /** Where log lines go that the program cannot take any more. */
  readonly logFile: string
  /** The folder of the run's keys; `null`: nothing is encrypted, and anyone who reaches the port is admitted. */
  readonly keys: string | null
  /** The address to listen at: an IPv4 or IPv6 address of this machine; `null`: all of them. */
  readonly address: string | null
  readonly ports: Ports
  /** Bytes of one message at most. */
  readonly messageBytes: number
}

type Check = readonly [what: string, isRight: (value: unknown) => boolean]

const aText: Check = ['text', (value) => typeof value === 'string' && value !== '']
const aTextOrNull: Check = ['text or null', (value) => value === null || (typeof value === 'string' && value !== '')]
const positive: Check = ['a number above 0', (value) => typeof value === 'number' && value > 0]
const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536
const isRange = (value: unknown): boolean => {
  const { from, to } = (value ?? {}) as { from?: unknown; to?: unknown }
  return isPort(from) && isPort(to) && (from as number) <= (to as number)
}

const checks: { readonly [Name in keyof InterchangeStart]: Check } = {
  parsl: aText,
  socketPath: aText,
  logFile: aText,
  keys: aTextOrNull,
  address: aTextOrNull,
  ports: ["'any', a port, or { from, to }", (value) => value === 'any' || isPort(value) || isRange(value)],
  messageBytes: positive,
  heartbeatPeriodMs: positive,
  heartbeatThresholdMs: positive,
  selector: [
    'random, blockId or fewestManagers',
    (value) => value === 'random' || value === 'blockId' || value === 'fewestManagers',
  ],
  partBytes: positive,
  ageAfterMs: positive,
}

/**
 * Reads the line that the program writes.
 * @throws Error that names every setting that is wrong
 */
export const readStart = (line: string): InterchangeStart => {
  const found = JSON.parse(line) as Record<string, unknown>
  const wrong = Object.entries(checks).filter(([name, [, isRight]]) => !isRight(found[name]))
  if (wrong.length === 0) return found as unknown as InterchangeStart
  throw new Error(`wrong settings: ${wrong.map(([name, [what]]) => `${name} must be ${what}`).join(', ')}`)
}
