import { packMessages, unpackMessages } from './frames.js'
import type { FromWorker, Part, ToWorker } from './messages.js'
import { isLaden, movedOf } from './travel/laden.js'

/** What goes to a thread or comes from it: messages as bytes, beside them the buffers that need not be copied. */
export interface Posted {
  /** Bytes alone stand in the packer's memory. */
  readonly content: Uint8Array | Beside
  /** What the other side gets, and this one loses. */
  readonly moved: ArrayBuffer[]
}

interface Beside {
  readonly bytes: Uint8Array
  readonly parts?: readonly Part[]
  readonly buffers?: readonly Uint8Array[]
}

const hasLaden = (parts: readonly Part[]): boolean => parts.some(([, content]) => isLaden(content))

/** Leaves out the parts that travel beside the messages, and puts them into `laden`. */
const without = (message: ToWorker, laden: Part[]): ToWorker => {
  if ((message.type !== 'run' && message.type !== 'parts') || !hasLaden(message.parts)) return message
  laden.push(...message.parts.filter(([, content]) => isLaden(content)))
  return { ...message, parts: message.parts.filter(([, content]) => !isLaden(content)) }
}

export const postedToWorker = (messages: readonly ToWorker[]): Posted => {
  const parts: Part[] = []
  const bytes = packMessages(messages.map((message) => without(message, parts)))
  if (parts.length === 0) return { content: bytes, moved: [] }
  const moved = parts.flatMap(([, content]) => (isLaden(content) ? movedOf(content.buffers) : []))
  return { content: { bytes: new Uint8Array(bytes), parts }, moved }
}

/** What came beside the messages is to be kept before they are read. */
export const heardByWorker = (content: Posted['content']): readonly ToWorker[] => {
  if (content instanceof Uint8Array) return unpackMessages<ToWorker>(content)
  return [{ type: 'keep', parts: content.parts ?? [] }, ...unpackMessages<ToWorker>(content.bytes)]
}

export const postedByWorker = (message: FromWorker): Posted => {
  const bytes = packMessages([message])
  if (message.type !== 'succeeded' || !message.buffers?.length) return { content: bytes, moved: [] }
  const { buffers } = message
  return { content: { bytes: new Uint8Array(bytes), buffers }, moved: movedOf(buffers) }
}

export const heardFromWorker = (content: Posted['content']): readonly FromWorker[] => {
  if (content instanceof Uint8Array) return unpackMessages<FromWorker>(content)
  const { buffers } = content
  return unpackMessages<FromWorker>(content.bytes).map((message) =>
    message.type === 'succeeded' ? { ...message, buffers } : message,
  )
}
