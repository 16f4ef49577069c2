import { Packr } from 'msgpackr'
import type { FromWorker, RunMessage, ToWorker } from './messages.js'

type Message = FromWorker | ToWorker

const packr = new Packr({ useRecords: false, moreTypes: false })
const LENGTH_BYTES = 4

type Succeeded = Extract<FromWorker, { type: 'succeeded' }>

/** The two that there are most of travel as lists: names of fields would take longer to read than all else. */
const tuple = (message: Message): object => {
  if (message.type === 'run') {
    const { id, slot, task, attempt, spec, body, args, files, parts, shares } = message
    return [id, slot, task, attempt, spec, body, args, files, parts, shares]
  }
  return message.type === 'succeeded' ? [message.id, message.ms, message.value] : message
}

const runOf = ([id, slot, task, attempt, spec, body, args, files, parts, shares]: readonly unknown[]): RunMessage =>
  ({ type: 'run', id, slot, task, attempt, spec, body, args, files, parts, shares }) as RunMessage

const succeededOf = ([id, ms, value]: readonly unknown[]): Succeeded =>
  ({ type: 'succeeded', id, ms, value }) as Succeeded

const untuple = (found: object): Message => {
  if (!Array.isArray(found)) return found as Message
  return found.length === 3 ? succeededOf(found) : runOf(found)
}

/** Messages between a pool and a worker as bytes: MessagePack, a list of them at a time. They stand in the packer's memory until the next list. */
export const packMessages = (messages: readonly Message[]): Uint8Array => packr.pack(messages.map(tuple))

export const unpackMessages = <Kind extends Message>(bytes: Uint8Array): readonly Kind[] =>
  (packr.unpack(bytes) as object[]).map(untuple) as Kind[]

/** The same for a stream: behind their length, four bytes, the least significant first. */
export const frame = (messages: readonly Message[]): Buffer => {
  const packed = packMessages(messages)
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + packed.byteLength)
  bytes.writeUInt32LE(packed.byteLength)
  bytes.set(packed, LENGTH_BYTES)
  return bytes
}

/** Cuts a stream into the lists of messages that it carries, however it arrives. */
export const newUnframer = <Kind extends Message>(
  take: (messages: readonly Kind[]) => void,
): ((chunk: Buffer) => void) => {
  let pieces: Buffer[] = []
  let held = 0
  const join = (): Buffer => {
    const whole = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
    pieces = [whole]
    return whole
  }
  const wanted = (): number => {
    if (held < LENGTH_BYTES) return LENGTH_BYTES
    const first = pieces[0] as Buffer
    return LENGTH_BYTES + (first.byteLength >= LENGTH_BYTES ? first : join()).readUInt32LE()
  }
  return (chunk) => {
    pieces.push(chunk)
    held += chunk.byteLength
    for (let size = wanted(); held >= LENGTH_BYTES && held >= size; size = wanted()) {
      const whole = join()
      pieces = whole.byteLength > size ? [whole.subarray(size)] : []
      held -= size
      // A copy: what is read from it may keep parts of it.
      take(unpackMessages<Kind>(Uint8Array.prototype.slice.call(whole, LENGTH_BYTES, size)))
    }
  }
}
