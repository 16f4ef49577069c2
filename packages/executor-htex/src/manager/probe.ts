import { isIPv6 } from 'node:net'
import { Dealer } from 'zeromq'
import type { ManagerKeys } from '../keys.js'
import { fromManager } from '../wire/codec.js'
import { intoFrames, openFrames } from '../wire/envelope.js'

/** Looks whether an address answers; resolves when it does, else rejects with why it did not. */
export type Ask = (address: string, signal: AbortSignal) => Promise<void>

/** No address of an interchange answered. */
export class Unreachable extends Error {}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Asks all addresses at once and gives the first that answers.
 * @throws {@link Unreachable} where none does, with what came of each
 */
export const probe = async (addresses: readonly string[], ask: Ask): Promise<string> => {
  const over = new AbortController()
  const asked = addresses.map(async (address) => {
    await ask(address, over.signal)
    return address
  })
  try {
    return await Promise.any(asked)
  } catch (error) {
    const reasons = (error as AggregateError).errors.map((reason, at) => `  ${addresses[at]}: ${reasonOf(reason)}`)
    throw new Unreachable(`no address of the interchange answers:\n${reasons.join('\n')}`)
  } finally {
    over.abort()
  }
}

/** Where an interchange listens. */
export const endpointOf = (address: string, port: number): string =>
  `tcp://${isIPv6(address) ? `[${address}]` : address}:${port}`

/** A socket that is not connected yet. */
export const newDealer = (keys: ManagerKeys | undefined, address: string): Dealer =>
  new Dealer({
    linger: 0,
    ipv6: address.includes(':'),
    // What may pile up is bounded by the link above it.
    sendHighWaterMark: 0,
    receiveHighWaterMark: 0,
    reconnectInterval: 100,
    reconnectMaxInterval: 2_000,
    ...(keys && {
      curvePublicKey: keys.own.publicKey,
      curveSecretKey: keys.own.secretKey,
      curveServerKey: keys.serverPublicKey,
    }),
  })

/** What went wrong on the way to an address; the last word counts. */
const listen = (dealer: Dealer): { readonly said: () => string } => {
  let said = 'nobody is heard there'
  const note = (what: string) => (event: object) => {
    said = 'error' in event ? `${what}: ${reasonOf(event.error)}` : what
  }
  dealer.events.on('connect', note('it takes connections and does not speak'))
  dealer.events.on('connect:retry', note('it refuses connections, or cannot be reached'))
  dealer.events.on('handshake:error:protocol', note('it speaks otherwise (is one side encrypted and the other not?)'))
  dealer.events.on('handshake:error:auth', note('it does not know our keys'))
  dealer.events.on('handshake:error:other', note('it hung up'))
  return { said: () => said }
}

const hears = async (dealer: Dealer): Promise<void> => {
  const frames = await dealer.receive()
  const opened = openFrames(frames)
  if (opened.refusal !== undefined) throw new Error(`it answers otherwise than an interchange: ${opened.refusal}`)
}

/** Asks by a message that every interchange gives back. */
export const newAsk =
  ({
    port,
    keys,
    timeoutMs,
  }: {
    readonly port: number
    readonly keys: ManagerKeys | undefined
    readonly timeoutMs: number
  }): Ask =>
  async (address, signal) => {
    const dealer = newDealer(keys, address)
    const { said } = listen(dealer)
    const timer = Promise.withResolvers<never>()
    const timeout = setTimeout(() => timer.reject(new Error(`${said()} (${timeoutMs / 1_000} s)`)), timeoutMs)
    const end = (): void => timer.reject(new Error('another address answered first'))
    signal.addEventListener('abort', end, { once: true })
    try {
      dealer.connect(endpointOf(address, port))
      await dealer.send(intoFrames({ session: 'probe', seq: 0, ack: 0 }, fromManager.pack({ type: 'probe' })))
      const heard = hears(dealer)
      heard.catch(() => {})
      await Promise.race([heard, timer.promise])
    } finally {
      clearTimeout(timeout)
      signal.removeEventListener('abort', end)
      dealer.close()
    }
  }
