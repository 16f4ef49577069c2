import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { claimIn, waiter } from '../claims.js'
import { packMessages, unpackMessages } from '../frames.js'
import type { FromWorker, ToWorker } from '../messages.js'
import type { WorkerSettings } from '../settings.js'
import type { WorkerPort } from './port.js'

/** A port, what the worker was told at its start, and how it hears its pool. */
export interface OpenedPort {
  readonly port: WorkerPort
  readonly settings: WorkerSettings
  listen(receive: (messages: readonly ToWorker[]) => void): void
}

interface Given {
  port: MessagePort
  claims: SharedArrayBuffer
  settings: WorkerSettings
}

/** How long a thread waits for its next try before it goes back to its event loop. */
const LINGER_MS = 1
/** How long it may do so, try after try, until its event loop must have a turn. */
const SLICE_MS = 5

/** Waits for what a program sends that calls one app after the other: most of what there is to gain is the time to wake up. */
const newLinger = (port: MessagePort, claims: SharedArrayBuffer) => {
  const wait = waiter(claims)
  const take = (): Uint8Array | undefined => receiveMessageOnPort(port)?.message as Uint8Array | undefined
  let lastTurn = 0
  return {
    turn: (): void => void (lastTurn = performance.now()),
    linger: (): readonly ToWorker[] | undefined => {
      if (performance.now() - lastTurn > SLICE_MS) return undefined
      const bytes = wait(take, LINGER_MS)
      return bytes && unpackMessages<ToWorker>(bytes)
    },
  }
}

export const openThreadPort = async (): Promise<OpenedPort> => {
  const given = workerData as Partial<Given>
  const { port, claims, settings } = given as Given
  // Bodies see `workerData` too, and this is none of theirs.
  for (const key of Object.keys(given)) Reflect.deleteProperty(given, key)
  parentPort?.unref()
  const claim = claimIn(claims)
  const { turn, linger } = newLinger(port, claims)
  const post = (message: FromWorker): void => {
    const bytes = packMessages([message])
    port.postMessage(bytes, [bytes.buffer])
  }
  return {
    settings,
    listen: (receive) =>
      void port.on('message', (bytes: Uint8Array) => {
        turn()
        receive(unpackMessages<ToWorker>(bytes))
      }),
    port: {
      post,
      linger,
      claim: (slot, id) => slot === undefined || claim(slot, id),
      hold: (held) => port[held ? 'ref' : 'unref'](),
    },
  }
}
