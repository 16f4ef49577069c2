import { types } from 'node:util'
import { encodingClass } from '../encode/nodes.js'
import { reasonByMark } from '../encode/refusals.js'
import { createWriter } from '../encode/walk.js'
import { type Frame, pathOf, refusal, type Writer } from '../encode/writer.js'
import type { AnyFunction, FunctionEncoder } from '../functions.js'
import { Ink, tag } from './ink.js'
import { inkLeaf } from './leaves.js'
import { codedOf, type Counted, countedOf, functionCounted } from './parts-of.js'

/** How a value is identified. */
export interface IdentityOptions {
  /**
   * What the value is called in the path of a refusal.
   * @defaultValue 'value'
   */
  readonly name?: string
  /** What counts in place of an object of a class; asked of each that is neither a list nor a plain object, and of functions. */
  readonly standIn?: ((value: object) => { readonly value: unknown } | undefined) | undefined
  /** Told of each function and class that the value holds itself; of a function, of each that it reaches. */
  readonly met?: ((fn: AnyFunction) => void) | undefined
}

/** What one identification works with. */
interface Work extends IdentityOptions {
  readonly functions: FunctionEncoder
  /** The identity of a function that data hold. */
  readonly ofFunction: (fn: AnyFunction, path: string) => string
}

interface Part extends Frame {
  readonly value: object | undefined
  readonly start: number
  readonly unordered: 1 | 2 | undefined
  readonly starts: number[]
}

/** A value leads back to itself. */
const circular = Symbol('circular')

/**
 * Data without circles: what is equal has one identity, however its parts are shared and whatever the order of fields, entries of a Map and items of a Set.
 * What leads back to itself, functions mostly, is written as a graph: there sharing counts, and the order of entries.
 */
class Identification {
  readonly #ink = new Ink()
  readonly #writer: Writer
  readonly #work: Work
  readonly #isGraph: boolean
  /** Of a graph: by number. Else: what is being written. */
  readonly #seen = new Map<object, number>()
  /** Large parts that were written before, as they were written. */
  readonly #forms = new Map<object, Uint8Array>()

  constructor(value: unknown, work: Work, isGraph: boolean) {
    this.#writer = createWriter(undefined, work)
    this.#work = work
    this.#isGraph = isGraph
    this.#writer.stack.length = 0
    this.#push({ tag: isGraph ? tag.fields : tag.list, head: [], items: [value] }, undefined)
  }

  run(): string {
    const stack = this.#writer.stack as Part[]
    for (let part = stack.at(-1); part !== undefined; part = stack.at(-1)) this.#writeItems(part)
    return this.#ink.digest()
  }

  #writeItems(part: Part): void {
    const { items, unordered } = part
    while (part.index < items.length) {
      if (unordered !== undefined && part.index % unordered === 0) part.starts.push(this.#ink.length)
      const value = items[part.index]
      part.index += 1
      if (!inkLeaf(this.#ink, this.#writer, value)) return this.#open(value as object)
    }
    this.#close(part)
  }

  #close({ value, start, starts }: Part): void {
    this.#writer.stack.pop()
    if (this.#isGraph || value === undefined) return
    if (starts.length > 1) this.#ink.sort(starts)
    this.#seen.delete(value)
    if (this.#ink.shorten(start)) this.#forms.set(value, this.#ink.from(start))
  }

  #push({ tag: first, head, bytes, items, names, unordered }: Counted, value: object | undefined): void {
    const start = this.#ink.length
    this.#ink.byte(first)
    for (const leaf of head) inkLeaf(this.#ink, this.#writer, leaf)
    if (bytes !== undefined) this.#ink.bytes(bytes)
    const part: Part = { value, start, items, names, unordered, unmade: undefined, index: 0, starts: [] }
    this.#writer.stack.push(part)
  }

  #open(value: object): void {
    if (this.#wroteBefore(value) || this.#wroteName(value)) return
    this.#seen.set(value, this.#seen.size)
    const other = isPlainOrList(value) ? undefined : this.#work.standIn?.(value)
    this.#push(other === undefined ? this.#partsOf(value) : { tag: tag.standIn, head: [], items: [other.value] }, value)
  }

  #partsOf(value: object): Counted {
    const stays = reasonByMark(value)
    if (stays !== undefined) throw refusal(this.#writer, stays)
    if (typeof value === 'function') return this.#functionParts(value)
    const encoding = encodingClass(Object.getPrototypeOf(value) as object | null)
    return encoding === undefined ? countedOf(this.#writer, value) : codedOf(value, encoding)
  }

  #wroteBefore(value: object): boolean {
    if (!this.#isGraph) {
      if (this.#seen.has(value)) throw circular
      const form = this.#forms.get(value)
      if (form !== undefined) this.#ink.raw(form)
      return form !== undefined
    }
    const number = this.#seen.get(value)
    if (number === undefined) return false
    this.#ink.byte(tag.seen)
    this.#ink.number(number)
    return true
  }

  /** What the other side has itself counts as its name. */
  #wroteName(value: object): boolean {
    if (typeof value === 'function') return false
    const isProxy = types.isProxy(value)
    const name = isProxy || mayHaveName(value) ? this.#work.functions.nameOf?.(value) : undefined
    if (name === undefined && isProxy)
      throw refusal(this.#writer, 'it is a proxy; pass the object behind it, or a copy')
    if (name === undefined) return false
    this.#ink.byte(tag.named)
    this.#ink.text(name)
    return true
  }

  #functionParts(fn: AnyFunction): Counted {
    const path = pathOf(this.#writer)
    this.#work.met?.(fn)
    if (!this.#isGraph) return { tag: tag.function, head: [this.#work.ofFunction(fn, path)], items: [] }
    const described = this.#work.functions.describe(fn, path)
    if ('name' in described) return { tag: tag.named, head: [described.name], items: [] }
    return functionCounted(fn, described)
  }
}

const isPlainOrList = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === Object.prototype || prototype === Array.prototype
}

/** An array never is a name, nor is an object with fields that are data. */
const mayHaveName = (value: object): boolean => {
  if (Array.isArray(value)) return false
  if (Object.getPrototypeOf(value) !== Object.prototype) return true
  const [first] = Object.getOwnPropertyNames(value)
  return first === undefined || typeof Object.getOwnPropertyDescriptor(value, first)?.value === 'function'
}

const identify = (value: unknown, work: Work): string => {
  try {
    return new Identification(value, work, typeof value === 'function').run()
  } catch (error) {
    if (error !== circular) throw error
    return new Identification(value, work, true).run()
  }
}

/** Identifies values; remembers the identities of classes, which are snapshots as functions are. */
export const createIdentify = (encoder: () => FunctionEncoder) => {
  const classes = new WeakMap<AnyFunction, string>()
  const isClass = (fn: AnyFunction): boolean => Function.prototype.toString.call(fn).startsWith('class')

  return (value: unknown, options: IdentityOptions = {}): string => {
    const functions = encoder()
    const here = new Map<AnyFunction, string>()
    const { standIn } = options
    const ofFunction = (fn: AnyFunction, path: string): string => {
      const known = here.get(fn) ?? classes.get(fn)
      if (known !== undefined) return known
      const made = identify(fn, { functions, ofFunction, standIn, name: path })
      here.set(fn, made)
      if (isClass(fn)) classes.set(fn, made)
      return made
    }
    return identify(value, { functions, ofFunction, ...options })
  }
}
