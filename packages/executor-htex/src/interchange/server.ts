import { isIPv6 } from 'node:net'
import { Context, Router } from 'zeromq'
import { type InterchangeKeys, readInterchangeKeys } from '../keys.js'
import type { InterchangeStart, Ports } from './settings.js'
import { type Doorkeeper, openDoor, ZAP_DOMAIN } from './zap.js'

/** The network side of an interchange. */
export interface Server {
  readonly port: number
  send(address: string, frames: readonly Uint8Array[]): void
  close(): void
}

/** What a server is told to do with what comes. */
export interface ServerEvents {
  take(address: string, frames: readonly Buffer[]): void
  /** Someone without the key of this run asked to be let in. */
  refused(address: string): void
}

/** Sockets at most, one for each manager: the limit of descriptors comes first. */
const MOST_SOCKETS = 65_000

/** Where one may listen, in the order in which it is tried. */
const portsIn = (ports: Ports): (number | '*')[] => {
  if (ports === 'any') return ['*']
  if (typeof ports === 'number') return [ports]
  return Array.from({ length: ports.to - ports.from + 1 }, (_, i) => ports.from + i)
}

const shown = (ports: Ports): string => (typeof ports === 'object' ? `${ports.from} to ${ports.to}` : String(ports))

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code)

/** Binds to the first port that is free. */
const bindFirst = async (socket: Router, host: string, ports: Ports): Promise<void> => {
  for (const port of portsIn(ports)) {
    try {
      return await socket.bind(`tcp://${host}:${port}`)
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error
    }
  }
  throw new Error(`port ${shown(ports)} in use: choose another port, a range, or any`)
}

const bind = async (socket: Router, { address, ports }: InterchangeStart): Promise<number> => {
  socket.ipv6 = address === null || isIPv6(address)
  const host = address === null ? '*' : isIPv6(address) ? `[${address}]` : address
  try {
    await bindFirst(socket, host, ports)
  } catch (cause) {
    // A machine without IPv6 has no address of both kinds.
    if (address !== null || codeOf(cause) === 'undefined') throw wordsFor(host, cause)
    socket.ipv6 = false
    await bindFirst(socket, host, ports)
  }
  return Number(/\d+$/.exec(socket.lastEndpoint ?? '')?.[0])
}

const wordsFor = (host: string, cause: unknown): Error =>
  new Error(`cannot listen at ${host}: ${(cause as Error).message}`, { cause })

const newSocket = (context: Context, keys: InterchangeKeys | undefined, messageBytes: number): Router =>
  new Router({
    context,
    linger: 500,
    // What is not acknowledged is kept by the links and bounded by what managers may hold: nothing is dropped here.
    sendHighWaterMark: 0,
    // Never waits: else one send in thousands would, and those behind it would be refused.
    sendTimeout: 0,
    maxMessageSize: messageBytes,
    ...(keys && {
      curveServer: true,
      curveSecretKey: keys.own.secretKey,
      curvePublicKey: keys.own.publicKey,
      zapDomain: ZAP_DOMAIN,
      zapEnforceDomain: true,
    }),
  })

const serve = async (socket: Router, { take }: ServerEvents): Promise<void> => {
  for await (const [identity, ...frames] of socket) if (identity) take(identity.toString('latin1'), frames)
}

/**
 * Listens for managers.
 * @throws Error where it cannot listen; `PARSL_CONFIG` where the keys are not private
 */
export const openServer = async (start: InterchangeStart, events: ServerEvents): Promise<Server> => {
  const keys = start.keys === null ? undefined : await readInterchangeKeys(start.keys)
  const context = new Context({ maxSockets: MOST_SOCKETS })
  const door: Doorkeeper | undefined = keys && (await openDoor(context, keys.clientPublicKey, events.refused))
  const socket = newSocket(context, keys, start.messageBytes)
  const port = await bind(socket, start).catch((error: unknown) => {
    door?.close()
    socket.close()
    throw error
  })
  const serving = serve(socket, events)
  return {
    port,
    send: (address, frames) => {
      // To whoever is gone it is dropped, and sent again should they come back.
      socket.send([Buffer.from(address, 'latin1'), ...frames]).catch(() => undefined)
    },
    close: () => {
      serving.catch(() => undefined)
      door?.close()
      socket.close()
    },
  }
}
