import {
  isParslError,
  type MemoAnswer,
  type MemoCall,
  type MemoExplanation,
  type MemoHit,
  type MemoizerContext,
  type RunningMemoizer,
} from '@parsl/interfaces'
import type { AnyFunction, Functions } from '@parsl/serialize'
import type { Compared } from './differences.js'
import { type InFlight, newInFlight } from './in-flight.js'
import type { CallKey } from './key.js'
import type { KeptOutputs } from './kept-outputs.js'
import type { Recording } from './recording.js'
import type { Results } from './results.js'
import type { KeptOutput, KeyPart, MemoEntry } from './store/entries.js'
import type { CheckpointReader } from './store/open.js'
import { callSaid, type Earlier, explanationOf, type Looked } from './story.js'

/** What one run's memory is made of. */
export interface MemoryParts {
  readonly context: MemoizerContext
  readonly functions: Functions
  readonly keyOf: (call: MemoCall) => Promise<CallKey>
  readonly outputs: KeptOutputs
  readonly results: Results
  /** Results of earlier runs. */
  readonly reader: CheckpointReader
  /** Where results of this one are written, if they are. */
  readonly recording: Recording | undefined
  /** Whether failures of bodies are remembered until the kernel closes. */
  readonly exceptions: boolean
}

/** A remembered call of this run. Small, since there may be millions. */
interface Known extends Pick<Compared, 'taskId' | 'at'> {
  readonly outcome: MemoHit
  readonly outputs: readonly KeptOutput[]
}

/** What was found of a call. */
interface Found {
  readonly outcome: MemoExplanation['outcome']
  readonly hit: MemoHit | undefined
  readonly note: string | undefined
}

/** A call that is being run. */
interface Pending {
  readonly call: CallKey
  readonly at: number
}

/** Calls and bodies that are remembered for explaining, of each app. */
const TOLD = 1_000

const missed = (note: string | undefined): Found => ({ outcome: 'miss', hit: undefined, note })
const taken = (hit: MemoHit, note: string): Found => ({ outcome: 'hit', hit, note })
const shared = (hit: MemoHit): Found => ({
  outcome: 'shared',
  hit,
  note: 'an equal call was under way, and both got its outcome',
})

const OF_BODIES = [
  'PARSL_APP_BASH_EXIT',
  'PARSL_APP_BASH_NO_RETURN',
  'PARSL_APP_BAD_FORMATTING',
  'PARSL_APP_MISSING_OUTPUTS',
]

/** A failure that an equal call would have too: not of a limit, of a place, or because somebody called it off. */
const isOfBody = (error: unknown): boolean => !isParslError(error) || OF_BODIES.includes(error.code)

const bytesOf = (key: string): Uint8Array => Buffer.from(key, 'base64url')

const keepNewest = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void => {
  map.set(key, value)
  if (map.size > TOLD) map.delete(map.keys().next().value as Key)
}

/** The remembered calls of one run, and those of earlier ones that it was given. */
export class Memory implements RunningMemoizer {
  readonly #parts: MemoryParts
  readonly #known = new Map<string, Known>()
  readonly #inFlight: InFlight<MemoCall, MemoHit> = newInFlight()
  readonly #pending = new WeakMap<MemoCall, Pending>()
  /** The last calls of each app. */
  readonly #told = new Map<string, Map<string, Compared>>()
  readonly #bodies = new Map<string, readonly KeyPart[]>()
  readonly #unkept = new Set<string>()
  readonly #earlier: Earlier = {
    calls: (app) => this.#callsOf(app),
    partsOf: async (body) => this.#bodies.get(body) ?? this.#parts.reader.bodyParts(body),
  }

  constructor(parts: MemoryParts) {
    this.#parts = parts
  }

  async lookup(call: MemoCall, waitsFor: (other: MemoCall) => void): Promise<MemoAnswer> {
    const made = await this.#parts.keyOf(call)
    const at = this.#parts.context.clock.now()
    if (made.anatomy) keepNewest(this.#bodies, made.body, made.anatomy.parts)
    const pending: Pending = { call: made, at }
    const outcome = await this.#inFlight.join(made.key, call, waitsFor)
    const found = outcome ? shared(outcome) : await this.#recallOrEnd(call, made)
    if (found.outcome === 'hit') this.#inFlight.end(made.key, found.hit)
    if (found.outcome === 'miss') this.#pending.set(call, pending)
    return this.#answer(call, pending, found)
  }

  async record(call: MemoCall, outcome: MemoHit): Promise<void> {
    const pending = this.#pending.get(call)
    if (!pending) return
    this.#pending.delete(call)
    try {
      if (outcome.ok) await this.#remember(call, pending, outcome)
      else if (this.#parts.exceptions && isOfBody(outcome.error)) this.#know(call, pending, { outcome, outputs: [] })
    } finally {
      this.#inFlight.end(pending.call.key, outcome.ok || isOfBody(outcome.error) ? outcome : undefined)
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

  #answer({ taskId, app }: MemoCall, { call: made, at }: Pending, { outcome, hit, note }: Found): MemoAnswer {
    const { key, body, parts } = made
    const looked: Looked = { key, body, parts, taskId, app, at, runId: this.#parts.context.runId, outcome, note }
    return { hit, explain: () => explanationOf(looked, this.#earlier) }
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
    const own = this.#known.get(made.key)
    const known = own && { ...own, runId: this.#parts.context.runId }
    const problem = known && (await this.#parts.outputs.restore(known.outputs))
    if (known && problem === undefined) return taken(known.outcome, this.#taken(known))
    if (known) return missed(this.#notTaken(known, problem))
    try {
      return await this.#recallEarlier(call, made)
    } catch (error) {
      this.#parts.context.log.warn(
        { task: call.taskId, app: call.app, err: error },
        'a remembered result could not be read',
      )
      return missed(`its remembered result could not be read: ${(error as Error).message}`)
    }
  }

  async #recallEarlier(call: MemoCall, { key, anatomy }: CallKey): Promise<Found> {
    const { reader, outputs, results } = this.#parts
    const bytes = bytesOf(key)
    const entry = reader.has(bytes) ? await reader.read(bytes) : undefined
    if (!entry) return missed(undefined)
    const problem = await outputs.restore(entry.outputs)
    if (problem !== undefined) return missed(this.#notTaken(entry, problem))
    const value = await results.decode(entry.value, anatomy?.classes ?? this.#classesOf(call))
    await this.#keepAgain(entry, anatomy)
    return taken({ ok: true, value }, this.#taken(entry))
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

  #classesOf({ body, app }: MemoCall): ReadonlyMap<string, AnyFunction> {
    try {
      return this.#parts.functions.anatomyOf(body, { name: app }).classes
    } catch {
      return new Map()
    }
  }

  #taken(call: Pick<Compared, 'taskId' | 'runId' | 'at'>): string {
    return `it took the result of ${callSaid(call, this.#parts.context.runId)}`
  }

  #notTaken(call: Pick<Compared, 'taskId' | 'runId' | 'at'>, problem: string | undefined): string {
    return `the result of ${callSaid(call, this.#parts.context.runId)} was not taken: ${problem}`
  }

  async #remember(call: MemoCall, pending: Pending, outcome: MemoHit & { readonly ok: true }): Promise<void> {
    const outputs = await this.#parts.outputs.note(call.outputs)
    this.#know(call, pending, { outcome, outputs })
    const { recording, context } = this.#parts
    if (!recording) return
    const { key, body, parts, anatomy } = pending.call
    const value = this.#encoded(call, outcome.value)
    if (value === undefined) return
    const { taskId, app } = call
    const entry: MemoEntry = {
      key: bytesOf(key),
      app,
      taskId,
      runId: context.runId,
      at: pending.at,
      body,
      parts,
      outputs,
      value,
    }
    await recording.add(entry, anatomy)
  }

  /** A result that cannot be kept for the next run is remembered in this one. */
  #encoded({ app, taskId }: MemoCall, value: unknown): Uint8Array | undefined {
    try {
      return this.#parts.results.encode(value, `result of ${app}`)
    } catch (error) {
      const { log } = this.#parts.context
      if (!this.#unkept.has(app))
        log.warn({ task: taskId, app, err: error }, 'a result cannot be written to the checkpoint')
      this.#unkept.add(app)
      return undefined
    }
  }

  #know({ taskId, app }: MemoCall, { call, at }: Pending, what: Pick<Known, 'outcome' | 'outputs'>): void {
    const { key, body, parts } = call
    this.#known.set(key, { taskId, at, outcome: what.outcome, outputs: what.outputs })
    const told = this.#told.get(app) ?? new Map<string, Compared>()
    this.#told.set(app, told)
    keepNewest(told, key, { key, body, parts, taskId, at, runId: this.#parts.context.runId })
  }

  async *#callsOf(app: string): AsyncGenerator<Compared> {
    for await (const { entry } of this.#parts.reader.scan({ app }))
      yield { ...entry, key: Buffer.from(entry.key).toString('base64url') }
    yield* this.#told.get(app)?.values() ?? []
  }
}
