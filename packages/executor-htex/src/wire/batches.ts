import type { FailureKind } from '@parsl/interfaces'
import type { WirePart, WireResult, WireStart, WireTask } from './messages.js'
import { bytes, count, flag, list, Malformed, number, optional, record, text } from './shapes.js'

/** A message without the name of its type. */
interface Batch {
  readonly fields: readonly unknown[]
  readonly body: Uint8Array
}

/** How the many of a message are written: numbers in rows of fixed width, so that reading them costs nanoseconds. */
export interface BatchShape<T> {
  write(items: readonly T[]): Batch
  /** @throws Malformed */
  read(fields: readonly unknown[], body: Uint8Array): readonly T[]
}

export const NO_BODY = new Uint8Array(0)

const KINDS: readonly (FailureKind | undefined)[] = [undefined, 'body', 'lost', 'stopped']
const TASK_ROW = 16
const RESULT_ROW = 24
const START_ROW = 12

const viewOf = (found: Uint8Array): DataView => new DataView(found.buffer, found.byteOffset, found.byteLength)

/** Payloads one after the other. */
const joined = (items: readonly { readonly payload: Uint8Array }[]): Uint8Array => {
  const [first] = items
  if (first === undefined) return NO_BODY
  if (items.length === 1) return first.payload
  let size = 0
  for (const { payload } of items) size += payload.byteLength
  const body = Buffer.allocUnsafe(size)
  let at = 0
  for (const { payload } of items) {
    body.set(payload, at)
    at += payload.byteLength
  }
  return body
}

const rowsIn = (found: unknown, width: number): { readonly view: DataView; readonly many: number } => {
  const rows = bytes.read(found)
  const many = rows.byteLength / width
  if (!Number.isInteger(many)) throw new Malformed(`rows of ${width} bytes expected`)
  return { view: viewOf(rows), many }
}

const fieldsOf = (fields: readonly unknown[], many: number): readonly unknown[] => {
  if (fields.length !== many) throw new Malformed(`${many} fields expected, ${fields.length} found`)
  return fields
}

const idAt = (view: DataView, at: number): number => {
  const id = view.getFloat64(at, true)
  return Number.isSafeInteger(id) && id >= 0 ? id : count.read(null)
}

/** Where a payload of so many bytes ends. */
const endOf = (at: number, length: number, body: Uint8Array): number => {
  const end = at + length
  if (end > body.byteLength) throw new Malformed('payloads are longer than the body')
  return end
}

const nothingLeft = (at: number, body: Uint8Array): void => {
  if (at !== body.byteLength) throw new Malformed('the body is longer than its payloads')
}

const columnOf = <T>(column: readonly T[] | undefined, many: number): readonly T[] | undefined => {
  if (column && column.length !== many) throw new Malformed(`a column of ${many} expected, ${column.length} found`)
  return column
}

const priorityColumn = optional(list(optional(number)))
const partsColumn = optional(list(list(text)))
const NO_PARTS: readonly string[] = []

/** id, class, bytes of the payload; priorities and parts only where any task has them. */
export const tasks: BatchShape<WireTask> = {
  write: (items) => {
    const rows = Buffer.allocUnsafe(items.length * TASK_ROW)
    const view = viewOf(rows)
    let at = 0
    let hasPriority = false
    let hasParts = false
    for (const { id, of, priority, parts, payload } of items) {
      view.setFloat64(at, id, true)
      view.setUint32(at + 8, of, true)
      view.setUint32(at + 12, payload.byteLength, true)
      hasPriority ||= priority !== undefined
      hasParts ||= parts.length > 0
      at += TASK_ROW
    }
    const priorities = hasPriority ? items.map(({ priority }) => priority) : undefined
    const parts = hasParts ? items.map((task) => task.parts) : undefined
    return { fields: [rows, priorityColumn.write(priorities), partsColumn.write(parts)], body: joined(items) }
  },
  read: (found, body) => {
    const fields = fieldsOf(found, 3)
    const { view, many } = rowsIn(fields[0], TASK_ROW)
    const priorities = columnOf(priorityColumn.read(fields[1]), many)
    const parts = columnOf(partsColumn.read(fields[2]), many)
    const items: WireTask[] = []
    let start = 0
    for (let i = 0, at = 0; i < many; i++, at += TASK_ROW) {
      const end = endOf(start, view.getUint32(at + 12, true), body)
      items.push({
        id: idAt(view, at),
        of: view.getUint32(at + 8, true),
        priority: priorities?.[i],
        parts: parts?.[i] ?? NO_PARTS,
        payload: body.subarray(start, end),
      })
      start = end
    }
    nothingLeft(start, body)
    return items
  },
}

const kindAt = (view: DataView, at: number): FailureKind | undefined => {
  const n = view.getUint32(at, true)
  if (n >= KINDS.length) throw new Malformed('a kind of end expected')
  return KINDS[n]
}

/** id, milliseconds, bytes of the payload, how it ended. */
export const results: BatchShape<WireResult> = {
  write: (items) => {
    const rows = Buffer.allocUnsafe(items.length * RESULT_ROW)
    const view = viewOf(rows)
    let at = 0
    for (const { id, ms, ok, kind, payload } of items) {
      view.setFloat64(at, id, true)
      view.setFloat64(at + 8, ms, true)
      view.setUint32(at + 16, payload.byteLength, true)
      view.setUint32(at + 20, ok ? 0 : KINDS.indexOf(kind ?? 'body'), true)
      at += RESULT_ROW
    }
    return { fields: [rows], body: joined(items) }
  },
  read: (found, body) => {
    const { view, many } = rowsIn(fieldsOf(found, 1)[0], RESULT_ROW)
    const items: WireResult[] = []
    let start = 0
    for (let i = 0, at = 0; i < many; i++, at += RESULT_ROW) {
      const end = endOf(start, view.getUint32(at + 16, true), body)
      const kind = kindAt(view, at + 20)
      const ms = number.read(view.getFloat64(at + 8, true))
      items.push({ id: idAt(view, at), ok: kind === undefined, kind, ms, payload: body.subarray(start, end) })
      start = end
    }
    nothingLeft(start, body)
    return items
  },
}

/** id, number of the worker's name among those of the message. */
export const starts: BatchShape<WireStart> = {
  write: (items) => {
    const rows = Buffer.allocUnsafe(items.length * START_ROW)
    const view = viewOf(rows)
    const names = new Map<string, number>()
    let at = 0
    for (const { id, worker } of items) {
      let n = names.get(worker)
      if (n === undefined) names.set(worker, (n = names.size))
      view.setFloat64(at, id, true)
      view.setUint32(at + 8, n, true)
      at += START_ROW
    }
    return { fields: [rows, [...names.keys()].map(text.write)], body: NO_BODY }
  },
  read: (found, body) => {
    const fields = fieldsOf(found, 2)
    const { view, many } = rowsIn(fields[0], START_ROW)
    const names = list(text).read(fields[1])
    const items: WireStart[] = []
    for (let i = 0, at = 0; i < many; i++, at += START_ROW) {
      items.push({ id: idAt(view, at), worker: text.read(names[view.getUint32(at + 8, true)]) })
    }
    nothingLeft(0, body)
    return items
  },
}

const partRow = record({ id: text, isText: flag, length: count })

export const parts: BatchShape<WirePart> = {
  write: (items) => ({
    fields: items.map(({ id, isText, content }) => partRow.write({ id, isText, length: content.byteLength })),
    body: joined(items.map(({ content }) => ({ payload: content }))),
  }),
  read: (fields, body) => {
    let start = 0
    const items = fields.map((field) => {
      const { id, isText, length } = partRow.read(field)
      const end = endOf(start, length, body)
      const content = body.subarray(start, end)
      start = end
      return { id, isText, content }
    })
    nothingLeft(start, body)
    return items
  },
}
