import {
  DeserializationError,
  type MemoAnswer,
  type MemoCall,
  type MemoHit,
  type MemoizerContext,
  type RunningMemoizer,
} from '@parsl/interfaces'
import type { FindClass } from './classes.js'
import type { Compared } from './differences.js'
import { type Found, missed, shared, taken } from './found.js'
import { type InFlight, newInFlight } from './in-flight.js'
import type { CallKey, Keys } from './key.js'
import type { KeptOutputs } from './kept-outputs.js'
import { isOfBody } from './of-body.js'
import type { Recording } from './recording.js'
import type { Kept, Results } from './results.js'
import type { WrittenAt } from './store/create.js'
import type { KeptOutput, MemoEntry } from './store/entries.js'
import type { CheckpointReader } from './store/open.js'
import { callSaid, explanationOf, type Looked } from './story.js'
import { newTold, type Told } from './told.js'

/** What one run's memory is made of. */
export interface MemoryParts {
  readonly context: MemoizerContext
  readonly keys: Keys
  readonly outputs: KeptOutputs
  readonly results: Results
  /** Finds the classes that a call reaches, by their identities. */
  readonly classesOf: (call: MemoCall, made: CallKey) => FindClass
  /** Results of earlier runs. */
  readonly reader: CheckpointReader
  /** Where results of this one are written, if they are. */
  readonly recording: Recording | undefined
  /** Whether failures of bodies are remembered until the kernel closes. */
  readonly exceptions: boolean
}

/** A remembered call of this run. Small, since there may be millions. */
interface Known extends Pick<Compared, 'taskId' | 'at'> {
  readonly kept: Kept
  readonly outputs: readonly KeptOutput[]
}

/** A call that is being run. */
interface Pending {
  readonly call: CallKey
  readonly at: number
}

type WaitsFor = Parameters<RunningMemoizer['lookup']>[1]

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

/** Smaller ones cost less to keep than to read. */
const RELEASED_FROM = 256

const bytesOf = (key: string): Uint8Array => Buffer.from(key, 'base64url')

/** The remembered calls of one run, and those of earlier ones that it was given. */
export class Memory implements RunningMemoizer {
  readonly #parts: MemoryParts
  readonly #known = new Map<string, Known>()
  readonly #inFlight: InFlight<MemoCall, Kept> = newInFlight()
  readonly #pending = new WeakMap<MemoCall, Pending>()
  readonly #told: Told
  readonly #unkept = new Set<string>()
  constructor(parts: MemoryParts) {
    this.#parts = parts
    this.#told = newTold(parts.reader)
  }

  /** At once where the call is new and no file has to be looked at: then what it is given cannot change before it is launched. */
  lookup(call: MemoCall, waitsFor: WaitsFor): MemoAnswer | Promise<MemoAnswer> {
    const made = this.#parts.keys.of(call)
    if (made instanceof Promise) return made.then((found) => this.#lookUp(call, found, waitsFor))
    return this.#isKnown(made) ? this.#lookUp(call, made, waitsFor) : this.#missed(call, made, waitsFor)
  }

  async record(call: MemoCall, outcome: MemoHit): Promise<void> {
    const pending = this.#pending.get(call)
    if (!pending) return
    this.#pending.delete(call)
    if (this.#isOfAnother(call, pending)) return this.#inFlight.end(pending.call.key, undefined)
    const kept = this.#keep(call, outcome)
    try {
      if (outcome.ok) await this.#remember(call, pending, { kept, value: outcome.value })
      else if (this.#parts.exceptions && isOfBody(outcome.error)) this.#know(call, pending, { kept, outputs: [] })
    } finally {
      this.#inFlight.end(pending.call.key, outcome.ok || isOfBody(outcome.error) ? kept : undefined)
    }
  }

  get checkpoint(): (() => Promise<number>) | undefined {
    const { recording } = this.#parts
    return recording && (() => recording.flush())
  }

  async close(): Promise<void> {
    const { recording, reader, context } = this.#parts
    try {
      await recording?.close()
    } finally {
      for (const problem of reader.problems) context.log.warn({ problem }, 'a checkpoint is damaged')
      await reader.close()
    }
  }

  #isKnown({ key }: CallKey): boolean {
    return this.#inFlight.has(key) || this.#known.has(key) || this.#parts.reader.has(bytesOf(key))
  }

  /** A call that nothing is known of. */
  #missed(call: MemoCall, made: CallKey, waitsFor: WaitsFor): MemoAnswer {
    void this.#inFlight.join(made.key, call, waitsFor)
    return this.#answer(call, made, missed(undefined))
  }

  async #lookUp(call: MemoCall, made: CallKey, waitsFor: WaitsFor): Promise<MemoAnswer> {
    const outcome = await this.#inFlight.join(made.key, call, waitsFor)
    const found = outcome ? await this.#share(call, made, outcome) : await this.#recallOrEnd(call, made)
    if (found === undefined) return this.lookup(call, waitsFor)
    if (found.outcome === 'hit') this.#inFlight.end(made.key, found.kept)
    const { keys } = this.#parts
    const isStill = (): boolean => keys.hasSameBody(call, made) && keys.hasSameArguments(call, made)
    if (found.outcome !== 'miss' || isStill()) return this.#answer(call, made, found)
    // What it was given has changed meanwhile, so it is another call by now.
    this.#inFlight.end(made.key, undefined)
    return this.lookup(call, waitsFor)
  }

  #answer(call: MemoCall, made: CallKey, { outcome, hit, note }: Found): MemoAnswer {
    const { taskId, app } = call
    const { key, body, parts, anatomy } = made
    const { clock, runId } = this.#parts.context
    const at = clock.now()
    if (anatomy) this.#told.body(body, anatomy.parts)
    if (outcome === 'miss') this.#pending.set(call, { call: made, at })
    const looked: Looked = { key, body, parts, taskId, app, at, runId, outcome, note }
    return { hit, explain: () => explanationOf(looked, this.#told.earlier) }
  }

  /** The outcome of an equal call; `undefined` where no copy of it can be made. */
  async #share(call: MemoCall, made: CallKey, kept: Kept): Promise<Found | undefined> {
    try {
      return shared(await this.#take(call, made, kept))
    } catch {
      return undefined
    }
  }

  /** Where even looking fails, those who wait for this call must not wait on. */
  async #recallOrEnd(call: MemoCall, made: CallKey): Promise<Found> {
    try {
      return await this.#recall(call, made)
    } catch (error) {
      this.#inFlight.end(made.key, undefined)
      throw error
    }
  }

  /** What is remembered of a call, if its files are there still. */
  async #recall(call: MemoCall, made: CallKey): Promise<Found> {
    try {
      const known = this.#known.get(made.key)
      return known ? await this.#recallKnown(call, made, known) : await this.#recallEarlier(call, made)
    } catch (error) {
      this.#parts.context.log.warn(
        { task: call.taskId, app: call.app, err: error },
        'a remembered result could not be read',
      )
      return missed(`its remembered result could not be read: ${(error as Error).message}`)
    }
  }

  async #recallKnown(call: MemoCall, made: CallKey, { kept, outputs, ...own }: Known): Promise<Found> {
    const known = { ...own, runId: this.#parts.context.runId }
    const problem = await this.#parts.outputs.restore(outputs)
    if (problem !== undefined) return missed(this.#notTaken(known, problem))
    return taken(await this.#take(call, made, kept), kept, this.#taken(known))
  }

  async #recallEarlier(call: MemoCall, made: CallKey): Promise<Found> {
    const { reader, outputs } = this.#parts
    const bytes = bytesOf(made.key)
    const entry = reader.has(bytes) ? await reader.read(bytes) : undefined
    if (!entry) return missed(undefined)
    const problem = await outputs.restore(entry.outputs)
    if (problem !== undefined) return missed(this.#notTaken(entry, problem))
    const kept: Kept = { bytes: entry.value }
    const hit = await this.#take(call, made, kept)
    await this.#keepAgain(entry, made.anatomy)
    return taken(hit, kept, this.#taken(entry))
  }

  /** Nobody gets what another one has: what one changes would be changed for all. */
  async #take(call: MemoCall, made: CallKey, kept: Kept): Promise<MemoHit> {
    if ('itself' in kept) return kept.itself
    const { results, classesOf } = this.#parts
    const bytes = 'bytes' in kept ? kept.bytes : await this.#parts.recording?.read(kept.writtenAt, bytesOf(made.key))
    if (bytes === undefined) throw new DeserializationError('its record in the checkpoint of this run is damaged')
    return { ok: true, value: await results.decode(bytes, classesOf(call, made)) }
  }

  /** So that the checkpoint of this run alone has all that it needed. */
  async #keepAgain(entry: MemoEntry, anatomy: CallKey['anatomy']): Promise<void> {
    const { recording, context } = this.#parts
    try {
      await recording?.add(entry, anatomy)
    } catch (error) {
      context.log.warn(
        { app: entry.app, err: error },
        'a result of an earlier run could not be written to the checkpoint',
      )
    }
  }

  #taken(call: Pick<Compared, 'taskId' | 'runId' | 'at'>): string {
    return `it took the result of ${callSaid(call, this.#parts.context.runId)}`
  }

  #notTaken(call: Pick<Compared, 'taskId' | 'runId' | 'at'>, problem: string | undefined): string {
    return `the result of ${callSaid(call, this.#parts.context.runId)} was not taken: ${problem}`
  }

  /** Whether a body that got the very arguments may have seen them changed. */
  #isOfAnother(call: MemoCall, pending: Pending): boolean {
    const { keys, context } = this.#parts
    if (!call.isHere || keys.hasSameArguments(call, pending.call)) return false
    const { taskId: task, app } = call
    context.log.warn({ task, app }, 'what it was given changed while it ran, so its outcome is not remembered')
    return true
  }

  #keep(call: MemoCall, outcome: MemoHit): Kept {
    const bytes = outcome.ok && isObject(outcome.value) ? this.#encoded(call, outcome.value) : undefined
    return bytes ? { bytes } : { itself: outcome }
  }

  async #remember(call: MemoCall, pending: Pending, { kept, value }: { kept: Kept; value: unknown }): Promise<void> {
    const outputs = await this.#parts.outputs.note(call.outputs)
    this.#know(call, pending, { kept, outputs })
    const { recording, context } = this.#parts
    if (!recording || (isObject(value) && 'itself' in kept)) return
    const bytes = 'bytes' in kept ? kept.bytes : this.#encoded(call, value)
    if (bytes === undefined) return
    const { key, body, parts, anatomy } = pending.call
    const { taskId, app } = call
    const { runId } = context
    const entry: MemoEntry = {
      key: bytesOf(key),
      app,
      taskId,
      runId,
      at: pending.at,
      body,
      parts,
      outputs,
      value: bytes,
    }
    await recording.add(entry, anatomy, (writtenAt) => this.#release(key, { kept, writtenAt }))
  }

  /** What is in the checkpoint need not be in memory, which results may be larger than. */
  #release(key: string, { kept, writtenAt }: { readonly kept: Kept; readonly writtenAt: WrittenAt }): void {
    const known = this.#known.get(key)
    if (known?.kept !== kept || !('bytes' in kept) || kept.bytes.byteLength < RELEASED_FROM) return
    this.#known.set(key, { ...known, kept: { writtenAt } })
  }

  /** A result that cannot be kept for the next run is remembered in this one. */
  #encoded({ app, taskId }: MemoCall, value: unknown): Uint8Array | undefined {
    const { results, recording, context } = this.#parts
    try {
      return results.encode(value, `result of ${app}`)
    } catch (error) {
      if (recording && !this.#unkept.has(app))
        context.log.warn({ task: taskId, app, err: error }, 'a result cannot be written to the checkpoint')
      this.#unkept.add(app)
      return undefined
    }
  }

  #know({ taskId, app }: MemoCall, { call, at }: Pending, what: Pick<Known, 'kept' | 'outputs'>): void {
    const { key, body, parts } = call
    this.#known.set(key, { taskId, at, ...what })
    this.#told.call(app, { key, body, parts, taskId, at, runId: this.#parts.context.runId })
  }
}
