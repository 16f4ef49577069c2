import { connect, type Socket } from 'node:net'
import { fromProgram, toProgram } from '../wire/codec.js'
import { type FrameLimits, framed, newFrameReader } from '../wire/frames.js'
import type { FromProgram, ToProgram } from '../wire/messages.js'

/** How long a program may take to read the last word. */
const LAST_WORD_MS = 1_000

/** The side of an interchange that faces the program. */
export interface ProgramLink {
  /** Whether the program can be told anything. */
  readonly isOpen: boolean
  /** What is said until `flush` goes out together. */
  say(message: ToProgram): void
  flush(): void
  /** Says the last word; gives when it is out. */
  end(): Promise<void>
}

/** What the program's end of the link does. */
export interface ProgramEvents {
  hear(message: FromProgram): void
  /** A message that cannot be read, though its frame can. */
  garbage(why: string): void
  /** Its end is closed, or nothing that comes can be read any more. */
  gone(why: string): void
}

const connected = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

const listen = (socket: Socket, events: ProgramEvents, limits: FrameLimits): void => {
  let isGone = false
  const gone = (why: string): void => {
    if (isGone) return
    isGone = true
    socket.destroySoon()
    events.gone(why)
  }
  const reader = newFrameReader(({ header, body }) => {
    const { message, refusal } = fromProgram.unpack(header, body)
    if (message) events.hear(message)
    else events.garbage(refusal)
  }, limits)
  socket.on('data', (chunk) => {
    const refusal = isGone ? undefined : reader.push(chunk)
    if (refusal !== undefined) gone(`it sent ${refusal}`)
  })
  socket.on('end', () => gone('it closed the socket'))
  socket.on('error', (error) => gone(error.message))
  socket.on('close', () => gone('the socket is closed'))
}

/**
 * Connects to the program.
 * @throws Error where nobody listens at the path
 */
export const openProgramLink = async (
  path: string,
  events: ProgramEvents,
  limits: FrameLimits,
): Promise<ProgramLink> => {
  const socket = await connected(path)
  listen(socket, events, limits)
  let isCorked = false
  const flush = (): void => {
    if (isCorked) socket.uncork()
    isCorked = false
  }
  return {
    get isOpen() {
      return socket.writable
    },
    say: (message) => {
      if (!socket.writable) return
      if (!isCorked) socket.cork()
      isCorked = true
      for (const piece of framed(toProgram.pack(message))) socket.write(piece)
    },
    flush,
    end: () => {
      flush()
      return new Promise((resolve) => {
        if (socket.destroyed) return resolve()
        socket.once('close', () => resolve())
        socket.destroySoon()
        // A program that is stopped reads nothing.
        setTimeout(resolve, LAST_WORD_MS)
      })
    },
  }
}
