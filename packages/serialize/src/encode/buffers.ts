import { types } from 'node:util'
import { isMarkedAsUntransferable } from 'node:worker_threads'
import { op, viewTypes } from '../ops.js'
import { kind, type Kind } from './parts.js'

type ViewType = (typeof viewTypes)[number]

const typedArrayTag = (view: object): string =>
  Reflect.get(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag, view) as string

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** Node's own pool, in which unrelated buffers lie side by side, secrets among them. */
const isPool = (buffer: ArrayBufferLike): boolean => isMarkedAsUntransferable(buffer)

const lengthOf = (view: ArrayBufferView): number =>
  types.isDataView(view) ? view.byteLength : (view as Uint8Array).length

const views = kind<ArrayBufferView>(ArrayBuffer.isView, (view, { sharedMemory }) => {
  const type = types.isDataView(view) ? 'DataView' : (typedArrayTag(view) as ViewType)
  if (Buffer.isBuffer(view)) {
    return { type: 'Buffer', head: [op.buffer, view.byteLength], blob: bytesOf(view), indexed: true }
  }
  if (types.isSharedArrayBuffer(view.buffer) && !sharedMemory) return shared
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

const detached = 'it is detached: its bytes were transferred to another thread; copy it before'
const pool = 'it is the pool that unrelated buffers share; copy the part you need (Uint8Array.from(buffer).buffer)'
const shared = 'shared memory stays in its process; copy it (new Uint8Array(shared).slice())'

const arrayBuffers = kind<ArrayBuffer>(types.isArrayBuffer, (buffer) => {
  if (isPool(buffer)) return pool
  // `detached` came with Node 22, and a detached buffer makes no view.
  if (buffer.detached) return detached
  return { type: 'ArrayBuffer', head: [op.arrayBuffer, buffer.byteLength], blob: new Uint8Array(buffer) }
})

const sharedBuffers = kind<SharedArrayBuffer>(types.isSharedArrayBuffer, (buffer, { sharedMemory }) =>
  sharedMemory
    ? { type: 'SharedArrayBuffer', head: [op.sharedBuffer, buffer.byteLength], blob: new Uint8Array(buffer) }
    : shared,
)

export const bufferKinds: readonly Kind[] = [views, arrayBuffers, sharedBuffers]
