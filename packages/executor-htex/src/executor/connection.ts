import { createServer, type Server, type Socket } from 'node:net'
import { fromProgram, toProgram } from '../wire/codec.js'
import { framed, newFrameReader } from '../wire/frames.js'
import type { FromProgram, ToProgram } from '../wire/messages.js'

/** What the program hears. */
export interface ConnectionEvents {
  message(message: ToProgram): void
  /** Nothing more comes. `refusal` says what was wrong, where something was. */
  closed(refusal: string | undefined): void
}

/** The program's end of the way to its interchange. */
export interface Connection {
  /** Writes them at once. */
  send(messages: readonly FromProgram[]): void
  /** Whether the program waits for what the interchange has to say. */
  hold(isHeld: boolean): void
  close(): void
}

/** Results of a batch come together, so that the limit of a single one is none here. */
const LIMITS = { header: 64 * 2 ** 20, body: 2 ** 32 - 1 }

const connectionOf = (socket: Socket, events: ConnectionEvents): Connection => {
  let refusal: string | undefined
  const reader = newFrameReader(({ header, body }) => {
    const found = toProgram.unpack(header, body)
    if (found.message) events.message(found.message)
    else refuse(found.refusal)
  }, LIMITS)
  const refuse = (why: string | undefined): void => {
    if (why === undefined) return
    refusal ??= why
    socket.destroy()
  }
  socket.on('data', (chunk) => refuse(reader.push(chunk)))
  socket.on('error', ({ message }) => (refusal ??= message))
  socket.once('close', () => events.closed(refusal))
  return {
    send: (messages) => {
      if (socket.destroyed) return
      socket.cork()
      for (const message of messages) for (const piece of framed(fromProgram.pack(message))) socket.write(piece)
      socket.uncork()
    },
    hold: (isHeld) => void socket[isHeld ? 'ref' : 'unref'](),
    close: () => void socket.destroy(),
  }
}

/** A socket that waits for the interchange. */
export interface Listening {
  /** Resolves when it has come; nobody else can come then. */
  readonly connection: Promise<Connection>
  /** Nobody can come any more. */
  close(): void
}

const closeServer = (server: Server): void => {
  // What it was closed before says by an error, which tells nobody anything.
  server.close(() => {})
}

/** Listens in a folder that nobody else may enter. Node removes the socket's file when it has served. */
export const listenAt = async (socketPath: string, events: ConnectionEvents): Promise<Listening> => {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<Connection>()
  server.once('connection', (socket) => {
    closeServer(server)
    resolve(connectionOf(socket, events))
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(socketPath, listening)
  })
  return { connection: promise, close: () => closeServer(server) }
}
