import { AppStalled, type FailureKind, type TaskTry } from '@parsl/interfaces'
import { encodeError, encodeValue, type Functions, loadMissing } from '@parsl/serialize'
import type { FromWorker, Part, RunMessage, ToWorker } from '../messages.js'
import type { Place } from '../place.js'
import { RunningBody } from '../running-body.js'
import type { WorkerSettings } from '../settings.js'
import { isShareId, type KeptShares, newKeptShares } from '../travel/kept-shares.js'
import { newPartStore, type PartStore } from '../travel/part-store.js'
import { besideOf, newHold } from '../travel/hold.js'
import { isLaden, type LadenSlot, newLadenSlot } from '../travel/laden.js'
import type { SharedContent } from '../travel/shared-memory.js'
import { findSharesBy } from '../travel/shared-value.js'
import { newUnpacker, PartsMissing } from '../travel/unpack.js'
import { keepEnvironment } from './environment.js'
import type { WorkerPort } from './port.js'
import { captureStreams } from './streams.js'
import { surroundings } from './surroundings.js'

/** The try that a worker has begun. */
interface Present {
  readonly message: RunMessage
  readonly startedAt: number
  body: RunningBody | undefined
  /** Set where it was to stop before its body was made. */
  stopReason: string | undefined
}

/** Why a body is to stop, as far as the worker knows: the pool has the reason itself. */
const stopError = (reason: string): Error => Object.assign(new Error(reason), { name: 'AbortError' })

/** Runs tries one after the other, as they are sent. */
export class ServingWorker {
  readonly #port: WorkerPort
  readonly #functions: Functions
  readonly #parts: PartStore
  readonly #shares: KeptShares
  readonly #laden: LadenSlot = newLadenSlot()
  readonly #unpack: (message: RunMessage) => TaskTry
  readonly #place: Place
  readonly #environment = keepEnvironment()
  readonly #streams = captureStreams()
  readonly #waiting: RunMessage[] = []
  /** Why those among them are to stop that were told so before they began. */
  readonly #stopped = new Map<number, string>()
  #present: Present | undefined
  #isEnding = false
  #isServing = false
  #isReceiving = false

  constructor(port: WorkerPort, settings: WorkerSettings, functions: Functions) {
    this.#port = port
    this.#functions = functions
    this.#parts = newPartStore(settings.keepBytes)
    this.#shares = newKeptShares(functions, (id) => this.#parts.get(id) as string | undefined)
    this.#unpack = newUnpacker(functions, { parts: this.#parts, shares: this.#shares, laden: this.#laden })
    findSharesBy((id) => this.#shares.valueOf(id))
    this.#place = surroundings(port, settings, {
      succeeded: (_attempt, value) => this.#succeeded(value),
      failed: (_attempt, error, kind) => this.#failed(error, kind),
    })
  }

  /** All of a batch is taken in before anything else is looked for: what comes meanwhile must not overtake the rest of it. */
  receive(messages: readonly ToWorker[]): void {
    this.#isReceiving = true
    try {
      this.#takeIn(messages)
    } finally {
      this.#isReceiving = false
    }
    this.#next()
  }

  #takeIn(messages: readonly ToWorker[]): void {
    for (const message of messages) {
      if (message.type === 'run') {
        this.#keep(message.parts)
        this.#waiting.push(message)
      } else if (message.type === 'stop') this.#stop(message.id, message.reason)
      else if (message.type === 'keep') this.#keep(message.parts)
      else if (message.type === 'parts') {
        this.#keep(message.parts)
        if (this.#present) this.#begin(this.#present)
      } else if (message.type === 'forget') this.#shares.forget(message.shares)
      else if (message.type === 'end') this.#isEnding = true
    }
  }

  /** The event loop has nothing left to do: what runs will never end. */
  stalled(): void {
    const { body } = this.#present ?? {}
    if (body?.hearsSignal === false) body.abandon(new AppStalled(body.app, 'a promise'))
  }

  /** Something failed outside the call of any body, in what the task `culprit` left behind or is still about. */
  uncaught(error: unknown, culprit: number | undefined): void {
    const { body } = this.#present ?? {}
    if (body && culprit === body.id) body.abandon(error)
    const said = String((error as Error | undefined)?.stack ?? error)
    this.#port.post({ type: 'tainted', reason: `nothing caught an error of a body: ${said}` })
  }

  #keep(parts: readonly Part[]): void {
    for (const [id, content] of parts) {
      if (!isLaden(content)) this.#parts.set(id, content)
      else if (isShareId(id)) this.#shares.add(id, content as SharedContent)
      else this.#laden.put(id, content)
    }
  }

  /** One after the other; a body that ends within its call comes back here. */
  #next(): void {
    if (this.#isServing || this.#isReceiving) return
    this.#isServing = true
    while (!this.#present) {
      const message = this.#waiting.shift()
      if (!message) break
      const stopReason = this.#stopped.get(message.id)
      this.#stopped.delete(message.id)
      if (!this.#port.claim(message.slot, message.id)) continue
      this.#present = { message, startedAt: performance.now(), body: undefined, stopReason }
      this.#begin(this.#present)
    }
    this.#isServing = false
    if (this.#present) return
    if (this.#isEnding) process.exit()
    this.#port.idle()
  }

  #begin(present: Present): void {
    if (this.#present !== present || present.body) return
    try {
      this.#run(present, this.#unpack(present.message))
    } catch (error) {
      this.#notBegun(present, error)
    }
  }

  #notBegun(present: Present, error: unknown): void {
    const fail = (why: unknown): void => void (this.#present === present && this.#failed(why, 'body'))
    const loading = loadMissing(error)
    if (loading) loading.then(() => this.#begin(present), fail)
    else if (error instanceof PartsMissing) this.#port.post({ type: 'wants', parts: error.ids })
    else fail(error)
  }

  #run(present: Present, attempt: TaskTry): void {
    if (present.stopReason !== undefined) return this.#failed(stopError(present.stopReason), 'stopped')
    this.#streams.open(attempt)
    const body = new RunningBody(attempt, this.#place)
    present.body = body
    this.#environment.add(attempt.spec.env)
    body.start()
    // That the pool may still say something shall not hide that nothing else can happen any more.
    if (this.#present === present) this.#port.hold(false)
  }

  #stop(id: number, reason: string): void {
    const present = this.#present
    if (present?.message.id === id) {
      present.stopReason = reason
      present.body?.stop(stopError(reason))
    } else if (this.#waiting.some((message) => message.id === id)) this.#stopped.set(id, reason)
  }

  #succeeded(value: unknown): void {
    const present = this.#present as Present
    this.#environment.restore()
    const { app = 'the app' } = present.body ?? {}
    const hold = this.#port.sharesMemory ? newHold() : undefined
    let bytes: Uint8Array
    try {
      const options = { functions: this.#functions.encoder(), name: `result of ${app}`, ...besideOf(hold) }
      bytes = encodeValue(value, options)
    } catch (error) {
      return this.#failed(error, 'body')
    }
    this.#end(present, { type: 'succeeded', ...this.#about(present), value: bytes, buffers: hold?.take() })
  }

  #failed(error: unknown, kind: FailureKind): void {
    const present = this.#present as Present
    this.#environment.restore()
    const bytes = encodeError(error, { functions: this.#functions })
    this.#end(present, { type: 'failed', ...this.#about(present), error: bytes, kind })
  }

  #about({ message, startedAt }: Present): { readonly id: number; readonly ms: number } {
    return { id: message.id, ms: performance.now() - startedAt }
  }

  #end(present: Present, message: FromWorker): void {
    if (this.#present !== present) return
    this.#present = undefined
    this.#port.post(message)
    const { body } = present
    if (body) {
      this.#streams.close(body.taskTry)
      this.#port.hold(true)
    }
    this.#next()
  }
}
