import type { Envelope, LogLevel, LogLine, ToManager, ToProgram, Unnumbered } from '../wire/messages.js'
import { send, unacknowledged, unnumbered } from '../wire/reliable.js'
import type { Doing, Manager } from './state.js'

/** What came from a manager's side of the network. */
export interface Heard {
  /** Where answers go. */
  readonly address: string
  readonly envelope: Envelope
}

/** What a message without payload counts for. */
const SMALL = 64
const TASK = 32

const bytesOf = (message: ToManager): number => {
  let bytes = SMALL
  if (message.type === 'tasks') for (const { payload } of message.tasks) bytes += TASK + payload.byteLength
  if (message.type === 'parts') for (const { content } of message.parts) bytes += TASK + content.byteLength
  return bytes
}

/** Says something to a manager, and again until it has it. */
export const tell = ({ commands }: Doing, manager: Manager, message: ToManager): void => {
  const envelope = send(manager.link, message, bytesOf(message))
  commands.push({ type: 'toManager', address: manager.address, envelope, message })
}

/** Says what need not arrive. */
export const mention = ({ commands }: Doing, manager: Manager, message: Unnumbered): void => {
  commands.push({ type: 'toManager', address: manager.address, envelope: unnumbered(manager.link), message })
}

export const beat = (doing: Doing, manager: Manager): void =>
  mention(doing, manager, { type: 'beat', sent: manager.link.sent })

export const tellAgain = ({ commands }: Doing, { address, link }: Manager): void => {
  for (const { envelope, message } of unacknowledged(link))
    commands.push({ type: 'toManager', address, envelope, message })
}

/** Answers someone who is not registered. */
export const answer = (
  { commands }: Doing,
  { address, envelope: { session, seq } }: Heard,
  message: ToManager | Unnumbered,
): void => {
  const isNumbered = message.type === 'refused'
  const envelope = { session, seq: isNumbered ? 1 : 0, ack: isNumbered ? seq : 0 }
  commands.push({ type: 'toManager', address, envelope, message })
}

export const report = ({ commands }: Doing, message: ToProgram): void =>
  void commands.push({ type: 'toProgram', message })

export const log = (doing: Doing, level: LogLevel, line: Omit<LogLine, 'type' | 'level'>): void =>
  report(doing, { type: 'log', level, ...line })
