import { fromManager, toManager } from '../wire/codec.js'
import { intoFrames, openFrames } from '../wire/envelope.js'
import { type LogLevel, WIRE_VERSION } from '../wire/messages.js'
import { writeLine } from './journal.js'
import { openServer, type Server } from './server.js'
import type { InterchangeStart } from './settings.js'
import { openProgramLink, type ProgramLink } from './socket.js'
import { type Command, type InterchangeState, newInterchangeState } from './state.js'
import { type InterchangeEvent, step } from './step.js'

/** Headers of the program's messages at most, in bytes. */
const HEADER_BYTES = 64 * 1024 * 1024
/** How long managers have to take their leave when it ends. */
const LEAVE_MS = 1_000
/** Addresses that run without encryption and that nobody else reaches. */
const LOOPBACK = /^(127\.|::1$)/

/** An interchange that runs: the edge around `step`. */
export class Interchange {
  readonly #start: InterchangeStart
  readonly #state: InterchangeState
  #program: ProgramLink | undefined
  #server: Server | undefined
  #isTurnDue = false
  #turnedAway = 0
  /** Everything is said, and it may end. */
  readonly ended: Promise<void>
  #end: () => void = () => undefined

  constructor(start: InterchangeStart) {
    this.#start = start
    const settings = { ...start, versions: { parsl: start.parsl, node: process.version } }
    this.#state = newInterchangeState(settings, Math.random)
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /**
   * Connects to the program, listens for managers, and says hello.
   * @throws Error where it can do neither
   */
  async open(): Promise<void> {
    const { socketPath, messageBytes } = this.#start
    this.#program = await openProgramLink(
      socketPath,
      {
        hear: (message) => this.#happens({ type: 'program', message }),
        garbage: (why) => this.#happens({ type: 'garbage', from: 'the program', why }),
        gone: () => this.#happens({ type: 'programGone' }),
      },
      { header: HEADER_BYTES, body: messageBytes },
    )
    this.#server = await openServer(this.#start, {
      take: (address, frames) => this.#take(address, frames),
      refused: (address) => this.#refused(address),
    })
    this.#warnOfOpenDoor()
    this.#program.say({ type: 'hello', wire: WIRE_VERSION, pid: process.pid, port: this.#server.port })
    this.#program.flush()
    this.#keepTime()
  }

  /** The program is gone, or asks to end. */
  leave(): void {
    this.#happens({ type: 'programGone' })
  }

  /** Tells the program, or the file where the program cannot be told. */
  log(level: LogLevel, message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    if (this.#program?.isOpen) this.#program.say({ type: 'log', level, facts, message })
    else writeLine(this.#start.logFile, { level, message, facts })
  }

  async close(): Promise<void> {
    this.#server?.close()
    await this.#program?.end()
  }

  #warnOfOpenDoor(): void {
    const { keys, address } = this.#start
    if (keys !== null || (address !== null && LOOPBACK.test(address))) return
    this.log(
      'warn',
      'nothing is encrypted, and anyone who reaches the port of the interchange can run code as this user',
      {
        address: address ?? 'all addresses',
      },
    )
  }

  #refused(address: string): void {
    // The first, and then fewer and fewer: whoever knocks a million times fills no log.
    if ((++this.#turnedAway & (this.#turnedAway - 1)) !== 0) return
    this.log('warn', `turned away ${address}, which has not the key of this run`, { times: this.#turnedAway })
  }

  #keepTime(): void {
    const { heartbeatPeriodMs, heartbeatThresholdMs } = this.#start
    const every = Math.max(1, Math.min(heartbeatPeriodMs, heartbeatThresholdMs / 8))
    setInterval(() => this.#happens({ type: 'tick' }), every).unref()
  }

  #take(address: string, frames: readonly Buffer[]): void {
    const { envelope, packed, refusal, ...other } = openFrames(frames)
    if (envelope === undefined) {
      // It hears in our version that it is another, and ends.
      if ('version' in other && other.version !== undefined) this.#answerOther(address, refusal)
      return this.#happens({ type: 'garbage', from: 'the network', why: refusal })
    }
    const { header, body } = packed
    const bytes = header.byteLength + body.byteLength
    const { message, refusal: why } = fromManager.unpack(header, body)
    this.#happens({ type: 'manager', address, envelope, message, refusal: why, bytes })
  }

  #answerOther(address: string, why: string): void {
    const envelope = { session: '-', seq: 0, ack: 0 }
    this.#server?.send(address, intoFrames(envelope, toManager.pack({ type: 'refused', why })))
  }

  #happens(event: InterchangeEvent): void {
    for (const command of step(this.#state, event, performance.now())) this.#perform(command)
    if (!this.#isTurnDue) {
      this.#isTurnDue = true
      setImmediate(() => this.#turn())
    }
  }

  #turn(): void {
    this.#isTurnDue = false
    for (const command of step(this.#state, { type: 'turn' }, performance.now())) this.#perform(command)
    this.#program?.flush()
    if (this.#state.isEnding && this.#state.managers.size === 0) this.#end()
  }

  #perform(command: Command): void {
    if (command.type === 'toManager')
      return this.#server?.send(command.address, intoFrames(command.envelope, toManager.pack(command.message)))
    if (command.type === 'exit') return void setTimeout(() => this.#end(), LEAVE_MS)
    const { message } = command
    if (message.type === 'log') this.log(message.level, message.message, message.facts)
    else this.#program?.say(message)
  }
}
