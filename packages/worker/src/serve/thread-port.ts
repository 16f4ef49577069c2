import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { claimIn, waitingBy } from '../claims.js'
import type { ToWorker } from '../messages.js'
import { heardByWorker, postedByWorker } from '../posted.js'
import type { WorkerSettings } from '../settings.js'
import { type ChannelMemory, openChannel } from '../thread-channel.js'
import type { OpenedPort } from './port.js'

interface Given {
  port: MessagePort
  claims: Int32Array<SharedArrayBuffer>
  memory: ChannelMemory
  settings: WorkerSettings
}

/**
 * How long a thread waits where only its pool can wake it, before it goes back to its event loop: that takes a fraction of what an event loop takes
 * to sleep and wake, and what a body left behind is held up for so long at most.
 */
const ATTENTIVE_MS = 2

export const openThreadPort = async (): Promise<OpenedPort> => {
  const given = workerData as Partial<Given>
  const { port, claims, memory, settings } = given as Given
  // Bodies see `workerData` too, and this is none of theirs.
  for (const key of Object.keys(given)) Reflect.deleteProperty(given, key)
  parentPort?.unref()
  const claim = claimIn(claims)
  const wait = waitingBy(claims)
  let receive: (messages: readonly ToWorker[]) => void = () => {}
  let isIdle = false
  const hear = (messages: readonly ToWorker[]): void => {
    isIdle = false
    receive(messages)
  }
  const channel = openChannel(
    { port, sends: memory.fromWorker, hears: memory.toWorker },
    { pack: postedByWorker, unpack: heardByWorker, hear },
  )
  let isAttending = false
  const attend = (): void => {
    isAttending = true
    channel.looks()
    const until = performance.now() + ATTENTIVE_MS
    for (let left = ATTENTIVE_MS; isIdle && left > 0; left = until - performance.now()) wait(left, channel.takeAll)
    isAttending = false
    channel.sleeps()
  }
  return {
    settings,
    listen: (listener) => {
      receive = listener
      channel.sleeps()
    },
    port: {
      sharesMemory: true,
      post: channel.send,
      claim,
      idle: () => {
        isIdle = true
        if (!isAttending) attend()
      },
      hold: (held) => port[held ? 'ref' : 'unref'](),
    },
  }
}
