import { join } from 'node:path'
import { ExecutorError, type ExecutorContext, VersionMismatch } from '@parsl/interfaces'
import type { InterchangeStart } from '../interchange/settings.js'
import type { HtexSettings } from '../settings.js'
import { type FromProgram, type ToProgram, WIRE_VERSION } from '../wire/messages.js'
import { type Connection, listenAt } from './connection.js'
import { type InterchangeEnd, type InterchangeProcess, startInterchange } from './interchange-process.js'
import { programPath, versionOf } from './program-path.js'
import { makeSocketFolder, type SocketFolder } from './socket-folder.js'

type Hello = Extract<ToProgram, { type: 'hello' }>

/** What an executor hears of its interchange. */
export interface InterchangeEvents {
  message(message: ToProgram): void
  /** It is gone, and nobody asked it to go. */
  lost(end: InterchangeEnd): void
}

/** An interchange that is started and connected. */
export interface Interchange {
  /** Where managers connect. */
  readonly port: number
  send(messages: readonly FromProgram[]): void
  hold(isHeld: boolean): void
  /** Tells it to end, and waits until it has. */
  end(): Promise<void>
}

/** What opening it takes. */
export interface InterchangePlan {
  readonly settings: HtexSettings
  readonly context: Pick<ExecutorContext, 'dir' | 'guardian' | 'clock'>
  /** The folder of the run's keys. */
  readonly keysDir: string | undefined
  /** The address to listen at; absent: all of this machine. */
  readonly address: string | undefined
}

/** Code and shared values that it keeps while no task needs them. */
const PART_BYTES = 256 * 2 ** 20
/** A task that has waited so long is preferred now and then, whatever its priority. */
const AGE_MS = 60_000
/** How long it may take to end, and what it said last to be read. */
const END_MS = 5_000
const GONE_MS = 1_000

const startOf = (
  { settings, context, keysDir, address }: InterchangePlan,
  program: string,
  socketPath: string,
): InterchangeStart => ({
  parsl: versionOf(program),
  socketPath,
  logFile: join(context.dir, 'interchange.log'),
  keys: keysDir ?? null,
  address: address ?? null,
  ports: settings.ports,
  messageBytes: settings.maxMessageBytes,
  heartbeatPeriodMs: settings.heartbeatPeriodMs,
  heartbeatThresholdMs: settings.heartbeatThresholdMs,
  selector: settings.managerSelector,
  partBytes: PART_BYTES,
  ageAfterMs: AGE_MS,
})

const howEnded = ({ exitCode, signal, evidence }: InterchangeEnd): string => {
  const how = signal === null ? `exit code ${exitCode}` : signal
  return `ended at its start (${how})${evidence === '' ? '' : `:\n${evidence}`}`
}

/** One interchange from its start to its end. */
class RunningInterchange {
  readonly #plan: InterchangePlan
  readonly #events: InterchangeEvents
  readonly #hello = Promise.withResolvers<Hello>()
  readonly #folder: SocketFolder
  #process: InterchangeProcess | undefined
  #connection: Connection | undefined
  #isEnding = false

  constructor(plan: InterchangePlan, events: InterchangeEvents, folder: SocketFolder) {
    this.#plan = plan
    this.#events = events
    this.#folder = folder
    this.#hello.promise.catch(() => {})
  }

  async open(): Promise<Hello> {
    const { settings, context } = this.#plan
    const { label, startTimeoutMs, interchangeCommand } = settings
    const { socketPath } = this.#folder
    const listening = await listenAt(socketPath, {
      message: (message) => (message.type === 'hello' ? this.#hello.resolve(message) : this.#events.message(message)),
      closed: (refusal) => void this.#closed(refusal),
    })
    const program = programPath(label, 'interchange')
    this.#process = startInterchange({
      command: interchangeCommand ?? [process.execPath, program],
      settings: startOf(this.#plan, program, socketPath),
      dir: context.dir,
      guardian: context.guardian,
    })
    void listening.connection.then((connection) => (this.#connection = connection))
    void this.#process.ended.then((end) => this.#ended(end))
    const callOff = context.clock.after(
      startTimeoutMs,
      () => this.#fail(`said nothing for ${startTimeoutMs} ms`),
      'keepAlive',
    )
    try {
      return await this.#hello.promise
    } finally {
      callOff()
      listening.close()
    }
  }

  send(messages: readonly FromProgram[]): void {
    this.#connection?.send(messages)
  }

  hold(isHeld: boolean): void {
    this.#process?.hold(isHeld)
    this.#connection?.hold(isHeld)
  }

  async end(patienceMs = END_MS): Promise<void> {
    this.#isEnding = true
    this.#connection?.hold(true)
    this.#connection?.send([{ type: 'end' }])
    await this.#process?.end(patienceMs)
    this.#connection?.close()
    await this.#folder.remove()
  }

  #fail(why: string): void {
    this.#hello.reject(new ExecutorError(this.#plan.settings.label, `its interchange ${why}`))
  }

  /** Without its socket it is of no use, whatever it does. */
  async #closed(refusal: string | undefined): Promise<void> {
    if (this.#isEnding) return
    const end = await this.#process?.end(GONE_MS)
    if (end) this.#lost(refusal === undefined ? end : { ...end, evidence: `${refusal}\n${end.evidence}`.trimEnd() })
  }

  #ended(end: InterchangeEnd): void {
    this.#fail(howEnded(end))
    // What it said last may still be on its way; then the socket closes.
    if (!this.#connection) return
    this.#plan.context.clock.after(GONE_MS, () => this.#lost(end), 'keepAlive')
  }

  #lost(end: InterchangeEnd): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#events.lost(end)
  }
}

/**
 * Starts the interchange of a run, and waits until managers can connect to it.
 * @throws ExecutorError `PARSL_EXECUTOR` with what it said, where it does not come up; VersionMismatch `PARSL_EXECUTOR_VERSION`
 */
export const openInterchange = async (plan: InterchangePlan, events: InterchangeEvents): Promise<Interchange> => {
  const { label } = plan.settings
  const folder = await makeSocketFolder(plan.context.dir, plan.context.guardian)
  const running = new RunningInterchange(plan, events, folder)
  try {
    const { wire, port } = await running.open()
    const ours = `wire version ${WIRE_VERSION}`
    if (wire !== WIRE_VERSION)
      throw new VersionMismatch({ executor: label, program: ours, other: `wire version ${wire}` }, 'the interchange')
    return {
      port,
      send: (messages) => running.send(messages),
      hold: (isHeld) => running.hold(isHeld),
      end: () => running.end(),
    }
  } catch (error) {
    await running.end(GONE_MS)
    throw error
  }
}
