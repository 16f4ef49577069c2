import { types } from 'node:util'
import { arrayParts } from '../encode/arrays.js'
import { encodeKey, nodeOf, prototypeOf } from '../encode/nodes.js'
import { ownKeys } from '../encode/own-properties.js'
import { classNameOf } from '../encode/prototypes.js'
import { type Names, refusal, type Writer } from '../encode/writer.js'
import { op } from '../ops.js'
import type { AnyFunction, FunctionByCode } from '../functions.js'
import { fieldsOf } from './fields.js'
import { tag } from './ink.js'

/** What of an object counts: leaves and bytes that come first, then values that follow. */
export interface Counted {
  readonly tag: number
  readonly head: readonly unknown[]
  readonly bytes?: Uint8Array
  readonly items: ArrayLike<unknown>
  readonly names?: Names | undefined
  /** Of so many items each the order does not count. */
  readonly unordered?: 1 | 2
}

const bytesOf = (value: ArrayBufferView | ArrayBufferLike): Uint8Array =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value)

const isDetached = (value: ArrayBufferView | ArrayBufferLike): boolean =>
  ((ArrayBuffer.isView(value) ? value.buffer : value) as Partial<ArrayBuffer>).detached === true

/** Bytes count as what they are, in whatever memory they lie, and wherever in it. */
const bytesCounted = (writer: Writer, value: ArrayBufferView | ArrayBufferLike): Counted => {
  if (isDetached(value)) throw refusal(writer, 'it is detached: its bytes were transferred to another thread')
  const type = Buffer.isBuffer(value) ? 'Buffer' : Object.prototype.toString.call(value).slice(8, -1)
  return { tag: tag.bytes, head: [type], bytes: bytesOf(value), items: [] }
}

const list = (value: readonly unknown[]): Counted | undefined => {
  const { head, items, keys } = arrayParts(value)
  return keys.length === 0 && head[0] === op.array ? { tag: tag.list, head: [items.length], items } : undefined
}

const withFields = (counted: Counted, value: object, keys: readonly PropertyKey[]): Counted => {
  const fields = fieldsOf(value, keys)
  const { items } = counted
  const names: Names = (index) =>
    index < items.length
      ? typeof counted.names === 'function'
        ? counted.names(index)
        : (counted.names?.[index] ?? index)
      : (fields.names as (at: number) => PropertyKey)(index - items.length)
  return {
    ...counted,
    head: [...counted.head, items.length, keys.length],
    items: [...Array.from(items), ...fields.items],
    names,
  }
}

/** The stack of an error says where it was made, not what it is. */
const headOf = (value: object, head: readonly unknown[]): readonly unknown[] =>
  types.isNativeError(value) ? head.slice(1, 2) : head.slice(1)

/** An object of any other kind: what the encoding makes of it, in an order that does not depend on when its fields were made. */
const other = (writer: Writer, value: object): Counted => {
  const node = Array.isArray(value) ? { type: 'Array', ...arrayParts(value) } : nodeOf(writer, value)
  const { op: kind, items: made, name } = prototypeOf(writer, value, node.type)
  const primitive = 'primitive' in node ? [node.primitive] : []
  const items = node.items ?? []
  return withFields(
    {
      tag: tag.object,
      head: [node.type, kind === op.noPrototype, made.length, ...headOf(value, node.head), ...primitive],
      items: [...made, ...Array.from(items)],
      names: (index) => (index < made.length ? (name ?? 'class') : index - made.length),
    },
    value,
    node.keys,
  )
}

const collection = (value: object): Counted | undefined => {
  if (ownKeys(value).length > 0) return undefined
  if (Object.getPrototypeOf(value) === Map.prototype && types.isMap(value)) {
    const items = [...Map.prototype.entries.call(value)].flat()
    return { tag: tag.map, head: [value.size], items, unordered: 2, names: (index) => `entry ${index >> 1}` }
  }
  if (Object.getPrototypeOf(value) === Set.prototype && types.isSet(value)) {
    return { tag: tag.set, head: [value.size], items: [...Set.prototype.values.call(value)], unordered: 1 }
  }
  return undefined
}

/** An object of the most frequent kind; one without fields may be a Map in disguise. */
const plain = (value: object): Counted | undefined => {
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const keys = ownKeys(value)
  return keys.length === 0 ? undefined : { tag: tag.fields, head: [keys.length], ...fieldsOf(value, keys) }
}

/** What an object is that is no function, no name, and stands for itself. */
export const countedOf = (writer: Writer, value: object): Counted => {
  const fields = plain(value)
  if (fields !== undefined) return fields
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return bytesCounted(writer, value)
  if (Object.getPrototypeOf(value) === Array.prototype && Array.isArray(value))
    return list(value) ?? other(writer, value)
  return collection(value) ?? other(writer, value)
}

/** What the class of an instance makes of it. */
export const codedOf = (value: object, made: object): Counted => ({
  tag: tag.coded,
  head: [],
  items: [made, (Reflect.get(made, encodeKey) as (it: object) => unknown).call(made, value)],
  names: [`class ${classNameOf(value)}`, 'encoded form'],
})

const groupOf = (group: FunctionByCode['captured'] | FunctionByCode['properties']): Counted => {
  if (Array.isArray(group)) return { tag: tag.list, head: [group.length], items: group }
  const keys = group === undefined ? [] : ownKeys(group)
  return { tag: tag.fields, head: [keys.length], ...(group ? fieldsOf(group, keys) : { items: [] }) }
}

/** What a function does, and with what. */
export const functionCounted = (fn: AnyFunction, { code, captured, properties }: FunctionByCode): Counted => {
  const held = groupOf(captured)
  const own = groupOf(properties)
  const within = `closure of ${fn.name || 'function'}`
  const nameIn = ({ names }: Counted, index: number): string =>
    String(typeof names === 'function' ? names(index) : index)
  return {
    tag: tag.code,
    head: [code.text, held.tag, ...held.head, ...own.head],
    items: [...Array.from(held.items), ...Array.from(own.items)],
    names: (index) =>
      index < held.items.length ? `${within} › ${nameIn(held, index)}` : nameIn(own, index - held.items.length),
  }
}
