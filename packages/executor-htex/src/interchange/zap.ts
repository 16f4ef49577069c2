import { type Context, Router } from 'zeromq'

/** Where ZeroMQ asks who may connect (RFC 27). */
const ADDRESS = 'inproc://zeromq.zap.01'
const VERSION = '1.0'
/** Of the sockets that ask here: without a domain of its own, one that nobody answers for would admit anyone. */
export const ZAP_DOMAIN = 'parsl'

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
const CHARS_IN_GROUP = 5

/** Bytes of a key that is written in Z85 (RFC 32). */
export const bytesOfKey = (key: string): Buffer => {
  const bytes = Buffer.alloc((key.length / CHARS_IN_GROUP) * 4)
  for (let at = 0; at < key.length; at += CHARS_IN_GROUP) {
    let group = 0
    for (const char of key.slice(at, at + CHARS_IN_GROUP)) group = group * DIGITS.length + DIGITS.indexOf(char)
    bytes.writeUInt32BE(group, (at / CHARS_IN_GROUP) * 4)
  }
  return bytes
}

/** Answers who may connect. */
export interface Doorkeeper {
  close(): void
}

/** A question: who asks, nothing, version, number, domain, address, identity, mechanism, credentials. */
const QUESTION = { version: 2, number: 3, mechanism: 7, key: 8, frames: 9 } as const

const isAdmitted = (question: readonly Buffer[], key: Buffer): boolean =>
  question.length === QUESTION.frames &&
  question[QUESTION.version]?.toString() === VERSION &&
  question[QUESTION.mechanism]?.toString() === 'CURVE' &&
  key.equals(question[QUESTION.key] as Buffer)

const answer = (question: readonly Buffer[], admitted: boolean): (Buffer | string)[] => {
  const [asker, , , number] = question as [Buffer, Buffer, Buffer, Buffer]
  const [status, words] = admitted ? ['200', 'OK'] : ['400', 'not a key of this run']
  return [asker, '', VERSION, number, status, words, '', '']
}

/**
 * Admits the holders of one key to the sockets of a context, and nobody else.
 * @param refused is told the address of each who is turned away
 */
export const openDoor = async (
  context: Context,
  clientPublicKey: string,
  refused: (address: string) => void,
): Promise<Doorkeeper> => {
  const key = bytesOfKey(clientPublicKey)
  const socket = new Router({ context, linger: 0 })
  await socket.bind(ADDRESS)
  const serve = async (): Promise<void> => {
    for await (const question of socket) {
      if (question.length <= QUESTION.number) continue
      const admitted = isAdmitted(question, key)
      if (!admitted) refused(question[5]?.toString() ?? 'unknown')
      await socket.send(answer(question, admitted))
    }
  }
  // It ends by being closed; then nobody is admitted.
  serve().catch(() => socket.close())
  return { close: () => socket.close() }
}
