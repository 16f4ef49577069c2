import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { channel } from '../channel.js'
import { frame, newUnframer } from '../frames.js'
import type { FromWorker, ToWorker } from '../messages.js'
import { ticketsIn } from '../tickets.js'
import type { OpenedPort } from './port.js'

const end = (): never => {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

const say = (message: FromWorker): void => {
  const bytes = frame([message])
  for (let at = 0; at < bytes.byteLength;) at += writeSync(channel.say, bytes, at)
}

/** The first list of messages holds what the worker is told at its start. Where the pool is gone, the worker ends at once. */
export const openProcessPort = (): Promise<OpenedPort> => {
  const socket = new Socket({ fd: channel.hear, readable: true, writable: false })
  const opened = Promise.withResolvers<OpenedPort>()
  const claim = ticketsIn(channel.tickets)
  let early: readonly ToWorker[] = []
  let receive = ([first]: readonly ToWorker[]): void => {
    if (first?.type !== 'settings') return end()
    receive = (more) => (early = [...early, ...more])
    const { settings } = first
    opened.resolve({
      settings,
      listen: (listener) => {
        receive = listener
        listener(early)
      },
      port: {
        sharesMemory: false,
        post: say,
        claim,
        idle: () => {},
        hold: (held) => void socket[held ? 'ref' : 'unref'](),
      },
    })
  }
  socket.on(
    'data',
    newUnframer<ToWorker>((messages) => receive(messages)),
  )
  socket.on('error', end)
  socket.on('end', end)
  return opened.promise
}
