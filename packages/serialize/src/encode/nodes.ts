import { types } from 'node:util'
import { attribute, lock, op } from '../ops.js'
import type { FunctionByCode } from '../functions.js'
import { arrayParts, copyOf } from './arrays.js'
import { errorName, readText } from './errors.js'
import { kinds } from './kinds.js'
import { ownKeys, type OwnProperties, readOwn } from './own-properties.js'
import type { Parts } from './parts.js'
import { classNameOf, classOf, isStandard, nativeClassName } from './prototypes.js'
import { reasonAgainst, reasonByMark } from './refusals.js'
import { writeShape } from './shapes.js'
import { type Names, pathOf, refusal, textTokens, writeLeaf, type Writer } from './writer.js'

/** Where the class of an instance may say how it travels. */
export const encodeKey = Symbol.for('parsl.encode')

/** A node that is about to be written. */
interface Node extends Parts {
  readonly keys: readonly PropertyKey[]
}

interface Prototype {
  readonly op?: number
  /** A class or prototype that travels with the object. */
  readonly items: readonly unknown[]
  readonly name?: string
}

const ordinary: Prototype = { items: [] }

const push = (
  writer: Writer,
  value: object,
  frame: { items: ArrayLike<unknown>; names?: Names | undefined; unmade?: boolean },
) => {
  const unmade = frame.unmade === true ? value : undefined
  if (unmade !== undefined) writer.unmade.add(unmade)
  if (frame.items.length > 0) {
    writer.stack.push({ items: frame.items, names: frame.names, unmade, index: 0 })
  }
}

const none: readonly unknown[] = []

const number = (writer: Writer, value: object): void => {
  writer.ids.set(value, writer.ids.size)
}

const isPlainTag = (value: object): boolean => Object.prototype.toString.call(value) === '[object Object]'

/** What an object is made of that is no array and of no class. */
export const nodeOf = (writer: Writer, value: object): Node => {
  const found = kinds.find(({ is }) => is(value))
  if (found === undefined) {
    const reason = reasonAgainst(value)
    if (reason !== undefined) throw refusal(writer, reason)
    return { type: 'Object', head: [op.object], keys: ownKeys(value) }
  }
  const parts = found.parts(value, writer)
  if (typeof parts === 'string') throw refusal(writer, parts)
  if (parts.indexed === true) return { ...parts, keys: [] }
  const keys = ownKeys(value)
  return { ...parts, keys: parts.carried === undefined ? keys : keys.filter((key) => parts.carried?.(key) !== true) }
}

const arrayNode = (array: readonly unknown[]): Node => ({ type: 'Array', ...arrayParts(array) })

const instanceRefusal = (writer: Writer, value: object) =>
  refusal(
    writer,
    `it is an instance of class ${classNameOf(value)}, which does not travel here; pass plain data, or register the class`,
  )

const hiddenRefusal = (writer: Writer, value: object) =>
  refusal(
    writer,
    `its class ${classNameOf(value)} keeps what cannot be read from outside; give the class static ` +
      `[Symbol.for('parsl.encode')](instance) and [Symbol.for('parsl.decode')](data), or make it inside the body from plain data`,
  )

/** How the other side gets the prototype. */
export const prototypeOf = (writer: Writer, value: object, type: string): Prototype => {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === null) return { op: op.noPrototype, items: [] }
  if (isStandard(prototype, type)) return ordinary
  if (types.isProxy(prototype)) throw refusal(writer, 'its prototype is a proxy')
  if (writer.functions?.hasHiddenState?.(value) === true) throw hiddenRefusal(writer, value)
  const made = classOf(prototype)
  if (made === undefined) return { op: op.ofPrototype, items: [prototype], name: 'prototype' }
  if (writer.functions !== undefined) return { op: op.ofClass, items: [made], name: `class ${classNameOf(value)}` }
  if (types.isNativeError(value)) return ordinary
  throw instanceRefusal(writer, value)
}

/** Without its class an error keeps at least its name and message. */
const withTexts = (writer: Writer, value: object, own: OwnProperties): OwnProperties => {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (writer.functions !== undefined || prototype === null || !types.isNativeError(value)) return own
  if (nativeClassName(prototype) !== undefined) return own
  const { keys, attributes = keys.map(() => attribute.all) } = own.shape
  const found = { name: errorName(value), message: readText(() => value.message) }
  const texts = Object.entries(found).filter(([key, text]) => text !== undefined && !keys.includes(key))
  const hidden = texts.map(() => attribute.writable | attribute.configurable)
  return {
    shape: { keys: [...keys, ...texts.map(([key]) => key)], attributes: [...attributes, ...hidden] },
    values: [...own.values, ...texts.map(([, text]) => text)],
    lock: own.lock,
  }
}

const nodeNames = (node: Node, prototype: Prototype): Names | undefined => {
  const length = node.items?.length ?? 0
  if (prototype.name === undefined && length === 0) return node.keys
  if (prototype.name === undefined && node.keys.length === 0) return node.names
  const { name, items } = prototype
  const own = (index: number): PropertyKey =>
    typeof node.names === 'function' ? node.names(index) : (node.names?.[index] ?? index)
  return (index) => {
    if (index < items.length) return name as string
    const at = index - items.length
    return at < length ? own(at) : (node.keys[at - length] as PropertyKey)
  }
}

const joined = (...lists: readonly ArrayLike<unknown>[]): ArrayLike<unknown> => {
  const filled = lists.filter(({ length }) => length > 0)
  return filled.length === 1 ? (filled[0] as ArrayLike<unknown>) : filled.flatMap(copyOf)
}

const writeExtras = (writer: Writer, { shape, lock: level }: OwnProperties): void => {
  if (shape.keys.length > 0) {
    writer.tokens.push(op.props)
    writeShape(writer, shape)
  }
  if (level !== lock.open) writer.tokens.push(op.locked, level)
}

/** Writes an object as a name, if it is one that the other side has. */
const writeNamed = (writer: Writer, value: object): boolean => {
  const name = writer.functions?.nameOf?.(value)
  if (name === undefined) return false
  number(writer, value)
  writer.tokens.push(op.named, ...textTokens(name))
  return true
}

/** An object of the most frequent kind. */
const openPlain = (writer: Writer, value: object, keys: readonly PropertyKey[]): void => {
  const own = readOwn(writer, value, keys)
  // It may be a module.
  if (typeof own.values[0] === 'function' && writeNamed(writer, value)) return
  number(writer, value)
  writeExtras(writer, own)
  writer.tokens.push(op.object)
  writer.stack.push({ items: own.values, names: keys, unmade: undefined, index: 0 })
}

/** An array that is nothing but a list, if it is one. */
const openList = (writer: Writer, array: readonly unknown[]): boolean => {
  const { head, items, keys } = arrayParts(array)
  if (keys.length > 0 || !Object.isExtensible(array)) return false
  number(writer, array)
  for (const token of head) writer.tokens.push(token)
  if (items.length > 0) writer.stack.push({ items, names: undefined, unmade: undefined, index: 0 })
  return true
}

/** Writes what comes before the parts of an object, and puts its parts on the stack. */
const openObject = (writer: Writer, value: object): void => {
  if (!Array.isArray(value) && writeNamed(writer, value)) return
  const node = Array.isArray(value) ? arrayNode(value) : nodeOf(writer, value)
  const kept = prototypeOf(writer, value, node.type)
  const own = withTexts(writer, value, readOwn(writer, value, node.keys))
  number(writer, value)
  writeExtras(writer, own)
  if (kept.op !== undefined) writer.tokens.push(kept.op)
  for (const token of node.head) writer.tokens.push(token)
  if ('primitive' in node) writeLeaf(writer, node.primitive)
  if (node.blob !== undefined) writer.blobs.push(node.blob)
  const items = joined(kept.items, node.items ?? none, own.values)
  push(writer, value, { items, names: nodeNames(node, kept), unmade: node.head[0] === op.view })
}

/** The class of an instance, if it says itself how instances travel. */
export const encodingClass = (prototype: object | null): object | undefined => {
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) return undefined
  const made = types.isProxy(prototype) ? undefined : classOf(prototype)
  return made !== undefined && typeof Reflect.get(made, encodeKey) === 'function' ? made : undefined
}

const openCoded = (writer: Writer, value: object, made: object): void => {
  const data: unknown = (Reflect.get(made, encodeKey) as (it: object) => unknown).call(made, value)
  number(writer, value)
  writer.tokens.push(op.coded)
  push(writer, value, { items: [made, data], names: [`class ${classNameOf(value)}`, 'encoded form'], unmade: true })
}

interface Group {
  readonly items: readonly unknown[]
  readonly names?: readonly PropertyKey[]
}

/** Begins what belongs to a function: false for nothing, the length of a list, or true and the shape of a record. */
const written = (writer: Writer, group: FunctionByCode['captured'] | FunctionByCode['properties']): Group => {
  if (group === undefined) writer.tokens.push(false)
  else if (Array.isArray(group)) {
    writer.tokens.push(group.length)
    return { items: group }
  } else {
    const { shape, values } = readOwn(writer, group, ownKeys(group))
    writer.tokens.push(true)
    writeShape(writer, shape)
    return { items: values, names: shape.keys }
  }
  return { items: [] }
}

const openFunction = (writer: Writer, fn: (...args: never[]) => unknown): void => {
  if (writer.functions === undefined) {
    throw refusal(writer, `it is a function (${fn.name || 'anonymous'}); functions do not travel here`)
  }
  const described = writer.functions.describe(fn, pathOf(writer))
  number(writer, fn)
  const { tokens, codes } = writer
  if ('name' in described) {
    tokens.push(op.named, ...textTokens(described.name))
    return
  }
  const { id, text } = described.code
  const code = codes.get(id) ?? { index: codes.size, text }
  codes.set(id, code)
  tokens.push(op.code, code.index, described.token ?? null)
  const captured = written(writer, described.captured)
  const properties = written(writer, described.properties)
  const first = captured.names
  const within = `closure of ${fn.name || 'function'}`
  const nameOf = (index: number): PropertyKey =>
    index < captured.items.length
      ? `${within} › ${String(first?.[index] ?? index)}`
      : (properties.names?.[index - captured.items.length] as PropertyKey)
  push(writer, fn, { items: [...captured.items, ...properties.items], names: nameOf })
}

const writeRef = (writer: Writer, value: object, id: number): void => {
  if (writer.unmade.has(value)) {
    throw refusal(writer, 'it is part of its own encoded form; encode must return data that does not lead back')
  }
  writer.tokens.push(op.ref, id)
}

/** Begins an object of one of the two most frequent kinds, if it is one. */
const openFrequent = (writer: Writer, value: object, prototype: object | null): boolean => {
  if (prototype === Array.prototype) return Array.isArray(value) && openList(writer, value)
  if (prototype !== Object.prototype) return false
  const keys = ownKeys(value)
  // Something with the prototype of an object and no fields may be a Map in disguise.
  if (keys.length === 0 || !isPlainTag(value)) return false
  openPlain(writer, value, keys)
  return true
}

const openProxy = (writer: Writer, proxy: object): void => {
  if (!writeNamed(writer, proxy)) throw refusal(writer, 'it is a proxy; pass the object behind it, or a copy')
}

/** Begins an object or function, or refers to it if it was met before. */
export const openNode = (writer: Writer, value: object): void => {
  const id = writer.ids.get(value)
  if (id !== undefined) return writeRef(writer, value, id)
  if (types.isProxy(value)) return openProxy(writer, value)
  const stays = reasonByMark(value)
  if (stays !== undefined) throw refusal(writer, stays)
  if (typeof value === 'function') return openFunction(writer, value as () => unknown)
  const prototype = Object.getPrototypeOf(value) as object | null
  const encoding = encodingClass(prototype)
  if (encoding !== undefined) return openCoded(writer, value, encoding)
  if (!openFrequent(writer, value, prototype)) openObject(writer, value)
}
