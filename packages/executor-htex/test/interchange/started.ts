import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { eventually, type Scratch } from '@parsl/testing'
import { Context, Dealer } from 'zeromq'
import type { InterchangeStart } from '../../src/interchange/settings.js'
import { readManagerKeys } from '../../src/keys.js'
import { type Codec, fromManager, fromProgram, toManager, toProgram } from '../../src/wire/codec.js'
import { intoFrames, openFrames } from '../../src/wire/envelope.js'
import { framed, newFrameReader } from '../../src/wire/frames.js'
import type {
  FromManager,
  FromProgram,
  Registration,
  ToManager,
  ToProgram,
  Unnumbered,
} from '../../src/wire/messages.js'
import { hear, type Link, newLink, send, unnumbered } from '../../src/wire/reliable.js'
import { registration } from './world.js'

const ENTRY = fileURLToPath(new URL('../../dist/interchange.js', import.meta.url))

type Of<M extends { type: string }, T extends M['type']> = Extract<M, { type: T }>

/** What came, of one type. */
const ofType = <M extends { type: string }, T extends M['type']>(all: readonly M[], type: T): Of<M, T>[] =>
  all.filter((message): message is Of<M, T> => message.type === type)

export interface StartedInterchange extends AsyncDisposable {
  readonly child: ChildProcess
  readonly start: InterchangeStart
  readonly port: number
  readonly heard: readonly ToProgram[]
  readonly stderr: () => string
  all<T extends ToProgram['type']>(type: T): Of<ToProgram, T>[]
  say(message: FromProgram): void
  /** Any bytes. */
  write(bytes: Uint8Array): void
  hangUp(): void
  exitCode(): Promise<number | null>
}

const listenAt = async (path: string): Promise<{ server: Server; socket: Promise<Socket> }> => {
  const server = createServer()
  const socket = new Promise<Socket>((resolve) => server.once('connection', resolve))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return { server, socket }
}

/** The process of an interchange, with this test as its program. */
export const startInterchange = async (
  folder: Scratch,
  more: Partial<InterchangeStart> = {},
): Promise<StartedInterchange> => {
  const start: InterchangeStart = {
    parsl: '1.0.0',
    socketPath: folder.at(`socket-${Math.random().toString(36).slice(2)}`),
    logFile: folder.at('interchange.log'),
    keys: null,
    address: '127.0.0.1',
    ports: 'any',
    messageBytes: 64 * 1024 * 1024,
    heartbeatPeriodMs: 1_000,
    heartbeatThresholdMs: 30_000,
    selector: 'random',
    partBytes: 1_000_000,
    ageAfterMs: 60_000,
    ...more,
  }
  const { server, socket } = await listenAt(start.socketPath)
  const child = spawn(process.execPath, [ENTRY], { stdio: ['pipe', 'inherit', 'pipe'] })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stdin?.on('error', () => undefined).write(`${JSON.stringify(start)}\n`)
  const heard: ToProgram[] = []
  const link = await Promise.race([socket, exit.then(() => undefined)])
  const reader = newFrameReader(({ header, body }) => {
    const { message, refusal } = toProgram.unpack(header, body)
    if (message === undefined) throw new Error(refusal)
    heard.push(message)
  })
  link?.on('data', (chunk) => reader.push(chunk)).on('error', () => undefined)
  let isOver = false
  void exit.then(() => (isOver = true))
  await eventually(() => isOver || heard.some(({ type }) => type === 'hello'), { state: () => [heard, stderr] })
  return {
    child,
    start,
    port: ofType(heard, 'hello')[0]?.port ?? 0,
    heard,
    stderr: () => stderr,
    all: (type) => ofType(heard, type),
    say: (message) => {
      for (const piece of framed(fromProgram.pack(message))) link?.write(piece)
    },
    write: (bytes) => link?.write(bytes),
    hangUp: () => link?.destroy(),
    exitCode: () => exit,
    [Symbol.asyncDispose]: async () => {
      child.stdin?.end()
      link?.destroy()
      server.close()
      if (!isOver) child.kill('SIGKILL')
      await exit
    },
  }
}

export interface ScriptedManager extends Disposable {
  readonly link: Link<FromManager>
  readonly got: readonly (ToManager | Unnumbered)[]
  readonly refused: readonly string[]
  all<T extends (ToManager | Unnumbered)['type']>(type: T): Of<ToManager | Unnumbered, T>[]
  tries(): number[]
  say(message: FromManager): void
  mention(message: Unnumbered): void
  /** Any frames. */
  write(frames: readonly Uint8Array[]): void
}

interface ManagerSetup {
  readonly told?: Partial<Registration>
  readonly keys?: string
  /** Without it, nothing is said. */
  readonly isSilent?: boolean
  readonly host?: string
  /** Of a former connection, which goes on here. */
  readonly link?: Link<FromManager>
}

let sessions = 0

/** A manager that says what the test has it say, over real ZeroMQ. */
export const connectManager = async (
  { port, start }: Pick<StartedInterchange, 'port' | 'start'>,
  { told = {}, keys, isSilent = false, host = '127.0.0.1', link = newLink(`session${++sessions}`) }: ManagerSetup = {},
): Promise<ScriptedManager> => {
  const pair = keys === undefined ? undefined : await readManagerKeys(keys)
  const socket = new Dealer({
    context: new Context(),
    linger: 0,
    ipv6: host.includes(':'),
    ...(pair && {
      curveServerKey: pair.serverPublicKey,
      curvePublicKey: pair.own.publicKey,
      curveSecretKey: pair.own.secretKey,
    }),
  })
  socket.connect(`tcp://${host.includes(':') ? `[${host}]` : host}:${port}`)
  const got: (ToManager | Unnumbered)[] = []
  const refused: string[] = []
  const codec: Codec<ToManager | Unnumbered> = toManager
  const take = (frames: readonly Buffer[]): void => {
    const { envelope, packed, refusal } = openFrames(frames)
    if (envelope === undefined) return void refused.push(refusal)
    const { message } = codec.unpack(packed.header, packed.body)
    if (message && (envelope.session === '-' || hear(link, envelope, 0) === 'take')) got.push(message)
  }
  void (async () => {
    for await (const frames of socket) take(frames)
  })()
  const out: Uint8Array[][] = []
  let isSending = false
  const drain = async (): Promise<void> => {
    isSending = true
    for (let frames = out.shift(); frames; frames = out.shift()) await socket.send(frames).catch(() => undefined)
    isSending = false
  }
  const write = (frames: readonly Uint8Array[]): void => {
    out.push([...frames])
    if (!isSending) void drain()
  }
  const say = (message: FromManager): void => write(intoFrames(send(link, message, 0), fromManager.pack(message)))
  if (!isSilent)
    say({
      type: 'register',
      registration: registration({ versions: { parsl: start.parsl, node: process.version }, slots: 4, ...told }),
    })
  return {
    link,
    got,
    refused,
    all: (type) => ofType(got, type),
    tries: () => ofType(got, 'tasks').flatMap(({ tasks }) => tasks.map(({ id }) => id)),
    say,
    mention: (message) => write(intoFrames(unnumbered(link), fromManager.pack(message))),
    write,
    [Symbol.dispose]: () => socket.close(),
  }
}
