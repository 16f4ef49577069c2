import type { TaskSpec, TaskTry } from '@parsl/interfaces'
import { CodesMissing, decodeValue, type FunctionDecoder, type Functions } from '@parsl/serialize'
import type { RunMessage } from '../messages.js'
import type { KeptShares } from './kept-shares.js'
import type { Laden, LadenSlot } from './laden.js'
import type { SpecInfo, TryFiles } from './parcel.js'
import type { PartStore } from './part-store.js'

/** What a try needs is not here (any more). */
export class PartsMissing extends Error {
  override readonly name = 'PartsMissing'
  readonly ids: readonly string[]

  constructor(ids: readonly string[]) {
    super(`parts are missing: ${ids.join(', ')}`)
    this.ids = ids
  }
}

/** Apps that are kept decoded. */
const MOST_SPECS = 1_000

/** One for all tries of an app, with the function of the present one: there is one try at a time. */
type Spec = { -readonly [Key in keyof TaskSpec]: TaskSpec[Key] }

const nothing = (): void => {}

const NO_FILES: TryFiles = { inputs: [], outputs: [], stdout: 'inherit', stderr: 'inherit' }

type Body = TaskSpec['body']

/** Whether nothing that a body writes could stay in its function: it holds nothing, and has neither properties nor a prototype. */
const keepsNothing = (body: Body, held: number): boolean =>
  held === 0 && Reflect.ownKeys(body).every((key) => key === 'name' || key === 'length')

/** The functions of apps. One that keeps nothing serves all tries; others are made anew for each. */
const newBodies = (bytesOf: (id: string) => Uint8Array, codes: (id: string) => string | undefined) => {
  const kept = new Map<string, Body>()
  const decode = (bytes: Uint8Array, functions: FunctionDecoder): Body =>
    decodeValue(bytes, { functions, codes }) as Body
  const decodeFirst = (id: string, functions: FunctionDecoder): Body => {
    let held = 0
    const fill: FunctionDecoder['fill'] = (fn, parts) => {
      for (const part of Object.values(parts)) held += Object.keys(part).length
      functions.fill(fn, parts)
    }
    const body = decode(bytesOf(id), { ...functions, fill })
    if (kept.size >= MOST_SPECS) kept.clear()
    if (keepsNothing(body, held)) kept.set(id, body)
    return body
  }
  return (sent: RunMessage['body'], functions: FunctionDecoder): Body => {
    if (typeof sent !== 'string') return decode(sent, functions)
    const known = kept.get(sent)
    if (known && keepsNothing(known, 0)) return known
    kept.delete(sent)
    return decodeFirst(sent, functions)
  }
}

/** What a worker keeps of what it was sent. */
export interface Stores {
  readonly parts: PartStore
  readonly shares: KeptShares
  readonly laden: LadenSlot
}

/**
 * Makes tries of what was sent.
 * @throws PartsMissing, and what `loadMissing` knows about
 */
export const newUnpacker = (
  functions: Functions,
  { parts, shares, laden }: Stores,
): ((message: RunMessage) => TaskTry) => {
  const specs = new Map<string, Spec>()

  const bytesOf = (id: string): Uint8Array => {
    const content = parts.get(id)
    if (content instanceof Uint8Array) return content
    throw new PartsMissing([id])
  }
  const specOf = (id: string): Spec => {
    const known = specs.get(id)
    if (known) return known
    const spec: Spec = { ...(decodeValue(bytesOf(id)) as SpecInfo), priority: undefined, body: nothing }
    if (specs.size >= MOST_SPECS) specs.clear()
    specs.set(id, spec)
    return spec
  }
  const codes = (id: string): string | undefined => parts.get(id) as string | undefined
  const bodyOf = newBodies(bytesOf, codes)

  const argsOf = (args: Uint8Array | string): Laden | undefined =>
    typeof args === 'string' ? laden.get(args) : { bytes: args, buffers: [] }

  return ({ task, attempt, spec, body, args, files, shares: taken }) => {
    const given = argsOf(args)
    const absent = taken.filter((id) => !shares.has(id))
    if (!given) absent.push(args as string)
    if (!given || absent.length > 0) throw new PartsMissing(absent)
    const options = { functions: functions.decoding(), codes }
    try {
      // Before the arguments that name them.
      for (const id of taken) shares.valueOf(id)
      const app = specOf(spec)
      app.body = bodyOf(body, options.functions)
      const values = decodeValue(given.bytes, { ...options, beside: given.buffers.map(({ buffer }) => buffer) })
      laden.clear()
      return {
        taskId: task,
        attempt,
        spec: app,
        args: values as readonly unknown[],
        ...(files ? (decodeValue(files, options) as TryFiles) : NO_FILES),
      }
    } catch (error) {
      throw error instanceof CodesMissing ? new PartsMissing(error.ids) : error
    }
  }
}
