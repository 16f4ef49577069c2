import { isObject } from '../is-object.js'
import { attribute, lock, op } from '../ops.js'
import type { Made } from './made.js'
import { makers } from './make.js'
import { readShape, setAll, type Values } from './shapes.js'
import { broken, nextCount, nextToken, type Reader, type ReadShape } from './reader.js'

/** A node whose parts are being read. */
export interface Frame {
  readonly made: Made
  readonly id: number
  readonly items: unknown[]
  readonly want: number
  readonly extra: Extra
}

/** What may come on top of a node of any kind. */
interface Extra {
  shape: ReadShape | undefined
  /** `noPrototype`, `ofClass` or `ofPrototype`. */
  prototype: number
  lock: number
}

/** Reads one thing that comes before a node; false if the node itself stands there. */
const readExtra = (reader: Reader, extra: Extra, token: unknown): boolean => {
  switch (token) {
    case op.props:
      extra.shape = readShape(reader)
      return true
    case op.locked:
      extra.lock = nextCount(reader, lock.frozen)
      return true
    case op.noPrototype:
    case op.ofClass:
    case op.ofPrototype:
      extra.prototype = token
      return true
    default:
      return false
  }
}

const hasPrototypeItem = ({ prototype }: Extra): boolean => prototype === op.ofClass || prototype === op.ofPrototype

/** Makes the node that stands next, to be finished when its parts are read. */
export const openNode = (reader: Reader): Frame => {
  const extra: Extra = { shape: undefined, prototype: 0, lock: lock.open }
  let token = nextToken(reader)
  while (readExtra(reader, extra, token)) token = nextToken(reader)
  const make = makers.get(token as number)
  if (make === undefined) throw broken(`${String(token)} is no operation`)
  const id = reader.nodes.length
  const made = make(reader)
  reader.nodes.push(made.node)
  const own = made.want ?? 0
  const want = own + (extra.shape?.keys.length ?? 0) + (hasPrototypeItem(extra) ? 1 : 0)
  const items = made.holes === true && want === own ? (made.node as unknown[]) : []
  return { made, id, items, want, extra }
}

const accessorOf = (pair: unknown): PropertyDescriptor => {
  const [get, set] = Array.isArray(pair) ? (pair as unknown[]) : []
  if (typeof get !== 'function' && typeof set !== 'function') throw broken('a property has neither getter nor setter')
  return { get: get as () => unknown, set: set as (value: unknown) => void }
}

const defineAll = (node: object, shape: ReadShape, values: Values): void => {
  for (const [index, key] of shape.keys.entries()) {
    const bits = shape.attributes?.[index] ?? attribute.all
    const value = values.items[values.from + index]
    Object.defineProperty(node, key, {
      ...((bits & attribute.accessor) === 0
        ? { value, writable: (bits & attribute.writable) !== 0 }
        : accessorOf(value)),
      enumerable: (bits & attribute.enumerable) !== 0,
      configurable: (bits & attribute.configurable) !== 0,
    })
  }
}

const setPrototype = (node: object, kind: number, given: unknown): void => {
  const prototype: unknown = kind === op.ofClass && typeof given === 'function' ? given.prototype : given
  if (!isObject(prototype)) throw broken('an object has a prototype that is none')
  Object.setPrototypeOf(node, prototype)
}

const close = (node: object, level: number): void => {
  if (level === lock.closed) Object.preventExtensions(node)
  if (level === lock.sealed) Object.seal(node)
  if (level === lock.frozen) Object.freeze(node)
}

const finishExtra = (node: object, { items, extra, made }: Frame, first: number): void => {
  const { shape, prototype } = extra
  if (shape !== undefined) {
    const values = { items, from: first + (made.want ?? 0) }
    if (made.plain === true && shape.attributes === undefined)
      setAll(node as Record<PropertyKey, unknown>, shape, values)
    else defineAll(node, shape, values)
  }
  if (prototype === op.noPrototype) Object.setPrototypeOf(node, null)
  else if (prototype !== 0) setPrototype(node, prototype, items[0])
  if (extra.lock !== lock.open) close(node, extra.lock)
}

/** The node, now that all its parts are there. */
export const finishNode = (reader: Reader, frame: Frame): unknown => {
  const { made, items, extra, id } = frame
  let { node } = made
  const first = hasPrototypeItem(extra) ? 1 : 0
  if (made.finish !== undefined && items !== node) {
    node = made.finish(first === 0 && extra.shape === undefined ? items : items.slice(first, first + (made.want ?? 0)))
    reader.nodes[id] = node
  }
  if (extra.shape !== undefined || extra.prototype !== 0 || extra.lock !== lock.open) {
    finishExtra(node as object, frame, first)
  }
  return node
}
