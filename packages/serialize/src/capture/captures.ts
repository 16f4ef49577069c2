import { continued, createWriter, finish, writeAll } from '../encode/walk.js'
import type { Writer } from '../encode/writer.js'
import type { AnyFunction, FunctionEncoder } from '../functions.js'
import { type Cells, createCells, readAgain, type SeenCell, valueOf } from './cells.js'
import type { Inspected } from './inspector.js'

/** A function as a message of its own. */
export interface Captured {
  readonly bytes: Uint8Array
  /** The texts of the codes that the message names, by id. */
  readonly codes: ReadonlyMap<string, string>
}

/** Called with the name of a function, what is to be said about it, and the function. */
export type OnChange = (name: string, message: string, fn: AnyFunction) => void

export interface CaptureParts {
  readonly encoder: (cells: Cells) => FunctionEncoder
  readonly inspect: (fn: AnyFunction) => Inspected
  /** Called when what a function captured has changed since; without it that is not looked for. */
  readonly onChange: OnChange | undefined
}

/** What a function was when it was captured first. */
interface Snapshot {
  readonly captured: Captured
  /** What is read anew, and where the message goes on with it. */
  readonly rest: { readonly writer: Writer; readonly cells: readonly SeenCell[] } | undefined
}

const finished = (writer: Writer): Captured => {
  const codes = new Map<string, string>()
  const bytes = finish(writer, (id, text) => codes.set(id, text))
  return { bytes, codes }
}

/** The same blobs where nothing writes into them. */
const keptBlobs = ({ blobs }: Writer, { bytes }: Captured): Uint8Array[] => {
  const lengths = blobs.map(({ byteLength }) => byteLength)
  let at = bytes.byteLength - lengths.reduce((sum, length) => sum + length, 0)
  return lengths.map((length) => bytes.subarray(at, (at += length)))
}

const nameOf = ({ fn, name }: SeenCell): string => `closure of ${fn.name || 'function'} › ${name.name}`

/** Captures functions once: what they hold is as it was then, but for variables that are assigned again. */
export const createCaptures = ({ encoder, inspect, onChange }: CaptureParts) => {
  const known = new WeakMap<AnyFunction, Snapshot>()

  const snapshotOf = (fn: AnyFunction, name: string): Snapshot => {
    const cells = createCells('later')
    const writer = createWriter(fn, { functions: encoder(cells), name })
    writeAll(writer)
    const captured = finished(writer)
    if (cells.all.length === 0) return { captured, rest: undefined }
    return { captured, rest: { writer: { ...writer, blobs: keptBlobs(writer, captured) }, cells: cells.all } }
  }

  const check = (fn: AnyFunction, name: string, { captured }: Snapshot): void => {
    if (Buffer.compare(snapshotOf(fn, name).captured.bytes, captured.bytes) === 0) return
    onChange?.(
      name,
      `what ${name} captured has changed since it was first submitted, and the change does not travel; ` +
        'pass it as an argument, or keep it in a `let` that is assigned again',
      fn,
    )
  }

  const withCells = (writer: Writer, cells: readonly SeenCell[]): Captured => {
    const whole = continued(writer, {
      functions: encoder(createCells('now', cells)),
      items: cells.flatMap((one) => [one.cell, valueOf(one)]),
      names: (index) => nameOf(cells[index >> 1] as SeenCell),
    })
    writeAll(whole)
    return finished(whole)
  }

  return (fn: AnyFunction, name: string): Captured => {
    const before = known.get(fn)
    const snapshot = before ?? snapshotOf(fn, name)
    if (before !== undefined && onChange !== undefined) check(fn, name, before)
    const { captured, rest } = snapshot
    const cells = before === undefined ? rest?.cells : rest && readAgain(rest.cells, inspect)
    const whole = rest === undefined || cells === undefined ? captured : withCells(rest.writer, cells)
    known.set(fn, snapshot)
    return whole
  }
}
