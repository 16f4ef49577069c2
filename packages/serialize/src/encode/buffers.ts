import { types } from 'node:util'
import { isMarkedAsUntransferable } from 'node:worker_threads'
import { op, viewTypes } from '../ops.js'
import { type Allowed, kind, type Kind, type Parts } from './parts.js'

type ViewType = (typeof viewTypes)[number]

const typedArrayTag = (view: object): string =>
  Reflect.get(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag, view) as string

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** Node's own pool, in which unrelated buffers lie side by side, secrets among them. */
const isPool = (buffer: ArrayBufferLike): boolean => isMarkedAsUntransferable(buffer)

const lengthOf = (view: ArrayBufferView): number =>
  types.isDataView(view) ? view.byteLength : (view as Uint8Array).length

const detached = 'it is detached: its bytes were moved to another thread, or to an earlier try; pass a copy'
const pool = 'it is the pool that unrelated buffers share; copy the part you need (Uint8Array.from(buffer).buffer)'
const shared =
  'shared memory stays in its process; pass it as an argument to a thread, or copy it (new Uint8Array(shared).slice())'

// `detached` came with Node 22, and shared memory has none.
const isDetached = (buffer: ArrayBufferLike): boolean => (buffer as ArrayBuffer).detached === true

const bufferParts = (view: Buffer, { beside }: Allowed): Parts | string => {
  if (isDetached(view.buffer)) return detached
  const bytes = bytesOf(view)
  const place = beside?.(bytes)
  return place === undefined
    ? { type: 'Buffer', head: [op.buffer, view.byteLength], blob: bytes, indexed: true }
    : { type: 'Buffer', head: [op.besideBuffer, place], indexed: true }
}

const views = kind<ArrayBufferView>(ArrayBuffer.isView, (view, allowed) => {
  if (Buffer.isBuffer(view)) return bufferParts(view, allowed)
  const { sharedMemory, beside } = allowed
  if (types.isSharedArrayBuffer(view.buffer) && !sharedMemory && !beside) return shared
  const type = types.isDataView(view) ? 'DataView' : (typedArrayTag(view) as ViewType)
  const where = viewTypes.indexOf(type)
  if (isPool(view.buffer)) {
    // Its own bytes only, as a buffer of its own.
    return { type, head: [op.view, where, 0, lengthOf(view)], items: [bytesOf(view).slice().buffer], indexed: true }
  }
  return {
    type,
    head: [op.view, where, view.byteOffset, lengthOf(view)],
    items: [view.buffer],
    names: ['buffer'],
    indexed: true,
  }
})

const arrayBuffers = kind<ArrayBuffer>(types.isArrayBuffer, (buffer, { beside }) => {
  if (isPool(buffer)) return pool
  // A detached buffer makes no view.
  if (isDetached(buffer)) return detached
  const bytes = new Uint8Array(buffer)
  const place = beside?.(bytes)
  return place === undefined
    ? { type: 'ArrayBuffer', head: [op.arrayBuffer, buffer.byteLength], blob: bytes }
    : { type: 'ArrayBuffer', head: [op.beside, place] }
})

const sharedBuffers = kind<SharedArrayBuffer>(types.isSharedArrayBuffer, (buffer, { sharedMemory, beside }) => {
  const bytes = new Uint8Array(buffer)
  const place = beside?.(bytes)
  if (place !== undefined) return { type: 'SharedArrayBuffer', head: [op.beside, place] }
  return sharedMemory ? { type: 'SharedArrayBuffer', head: [op.sharedBuffer, buffer.byteLength], blob: bytes } : shared
})

export const bufferKinds: readonly Kind[] = [views, arrayBuffers, sharedBuffers]
