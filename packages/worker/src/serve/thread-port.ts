import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { claimIn } from '../claims.js'
import type { FromWorker } from '../messages.js'
import { heardByWorker, type Posted, postedByWorker } from '../posted.js'
import type { WorkerSettings } from '../settings.js'
import type { OpenedPort } from './port.js'

interface Given {
  port: MessagePort
  claims: SharedArrayBuffer
  settings: WorkerSettings
}

export const openThreadPort = async (): Promise<OpenedPort> => {
  const given = workerData as Partial<Given>
  const { port, claims, settings } = given as Given
  // Bodies see `workerData` too, and this is none of theirs.
  for (const key of Object.keys(given)) Reflect.deleteProperty(given, key)
  parentPort?.unref()
  const claim = claimIn(claims)
  const post = (message: FromWorker): void => {
    const { content, moved } = postedByWorker(message)
    port.postMessage(content, moved)
  }
  return {
    settings,
    listen: (receive) => void port.on('message', (content: Posted['content']) => receive(heardByWorker(content))),
    port: {
      sharesMemory: true,
      post,
      claim: (slot, id) => slot === undefined || claim(slot, id),
      hold: (held) => port[held ? 'ref' : 'unref'](),
    },
  }
}
