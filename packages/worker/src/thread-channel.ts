import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { newEagerness } from './eagerness.js'
import type { Posted } from './posted.js'
import { newRingMemory, type RingReader, ringReader, type RingWriter, ringWriter } from './ring.js'

type Content = Posted['content']

/** The memory of both directions. */
export interface ChannelMemory {
  readonly toWorker: SharedArrayBuffer
  readonly fromWorker: SharedArrayBuffer
}

export const newChannelMemory = (): ChannelMemory => ({ toWorker: newRingMemory(), fromWorker: newRingMemory() })

/** One end of the way between a pool and one of its threads. */
export interface ThreadChannel<Sent> {
  send(sent: Sent): void
  /** Takes what there is; whether that was anything. */
  takeAll(): boolean
  /** Something may come at once: looks for it for a moment, between whatever else there is to do. */
  expect(): void
  /** Has the other side say when there is something to take; until `looks`. */
  sleeps(): void
  looks(): void
}

export interface ChannelEnds {
  readonly port: MessagePort
  readonly sends: SharedArrayBuffer
  readonly hears: SharedArrayBuffer
}

/** How messages of both directions are carried, and who hears them. */
export interface Carried<Sent, Heard> {
  pack(sent: Sent): Posted
  unpack(content: Content): readonly Heard[]
  hear(messages: readonly Heard[]): void
}

/** So many messages are taken before timers and sockets get their turn. */
const MOST_AT_ONCE = 256

const newSend =
  <Sent>(port: MessagePort, writer: RingWriter, pack: (sent: Sent) => Posted) =>
  (sent: Sent): void => {
    const { content, moved } = pack(sent)
    if (!(content instanceof Uint8Array)) {
      writer.bypassed()
      port.postMessage(content, moved)
    } else if (!writer.write(content)) {
      writer.bypassed()
      port.postMessage(new Uint8Array(content))
    } else if (writer.isAwaited()) port.postMessage(null)
  }

/** Takes what is in the ring and then what came by the port, if it is more than a call: while that was under way nothing more was written into the ring. */
const newTake = <Sent, Heard>(reader: RingReader, { unpack, hear }: Carried<Sent, Heard>) => {
  const ringful = (most: number): Heard[] => {
    const messages: Heard[] = []
    for (let bytes = reader.read(); bytes; bytes = messages.length < most ? reader.read() : undefined)
      messages.push(...unpack(bytes))
    return messages
  }
  return (content: Content | null): boolean => {
    const messages = ringful(content === null ? MOST_AT_ONCE : Infinity)
    if (content !== null) {
      messages.push(...unpack(content))
      reader.tookBypassed()
    }
    if (messages.length > 0) hear(messages)
    return messages.length > 0
  }
}

/** Messages go through memory, in order; those for which there is no room there, and buffers, by the port, which also wakes who sleeps. */
export const openChannel = <Sent, Heard>(
  { port, sends, hears }: ChannelEnds,
  carried: Carried<Sent, Heard>,
): ThreadChannel<Sent> => {
  const reader = ringReader(hears)
  const take = newTake(reader, carried)
  const eagerness = newEagerness()
  let isLooking = false
  const sleeps = (): void => void (reader.sleeps() || setImmediate(hearOf, null))
  const hearOf = (content: Content | null): void => {
    take(content)
    sleeps()
  }
  const look = (until: number): void => {
    const hasFound = take(null)
    if (!hasFound && performance.now() < until) return void setImmediate(look, until)
    isLooking = false
    eagerness.ended(hasFound)
    sleeps()
  }
  port.on('message', hearOf)
  return {
    send: newSend(port, ringWriter(sends), carried.pack),
    takeAll: () => {
      const found = receiveMessageOnPort(port) as { readonly message: Content | null } | undefined
      return take(found?.message ?? null) || found !== undefined
    },
    expect: () => {
      const until = isLooking ? undefined : eagerness.begin()
      if (until === undefined) return
      isLooking = true
      reader.looks()
      setImmediate(look, until)
    },
    sleeps,
    looks: reader.looks,
  }
}
