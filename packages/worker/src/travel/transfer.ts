import { types } from 'node:util'
import { isMarkedAsUntransferable } from 'node:worker_threads'
import { intrinsics, SerializationError } from '@parsl/interfaces'

const givenUp = new WeakSet<ArrayBufferLike>()

/** Whether its owner has given a buffer up, so that it may be moved where it would be copied. */
export const isGivenUp = (buffer: ArrayBufferLike): boolean => givenUp.has(buffer)

const refused = (reason: string): SerializationError => new SerializationError('what transfer() was given', reason)

/** The same bytes, which nobody else has. */
const moved = (buffer: ArrayBuffer): ArrayBuffer => {
  try {
    const own = buffer.transfer()
    givenUp.add(own)
    return own
  } catch (cause) {
    throw refused(`its memory cannot be moved (${(cause as Error).message}); pass a copy`)
  }
}

type ViewClass = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ArrayBufferView

/** How a view like this one is made; asked for before its memory is gone, and with it all that it tells. */
const viewsLike = (view: ArrayBufferView): ((buffer: ArrayBuffer, byteOffset: number) => ArrayBufferView) => {
  const { byteLength } = view
  if (Buffer.isBuffer(view)) return (buffer, byteOffset) => Buffer.from(buffer, byteOffset, byteLength)
  const length = types.isDataView(view) ? byteLength : (view as Uint8Array).length
  return (buffer, byteOffset) => new (view.constructor as ViewClass)(buffer, byteOffset, length)
}

const transferView = (view: ArrayBufferView, buffer: ArrayBuffer): ArrayBufferView => {
  const { byteOffset, byteLength } = view
  const viewOn = viewsLike(view)
  // Small Buffers lie in Node's pool, beside others: nobody can give that up.
  if (isMarkedAsUntransferable(buffer)) return viewOn(buffer.slice(byteOffset, byteOffset + byteLength), 0)
  return viewOn(moved(buffer), byteOffset)
}

/**
 * Gives up a buffer, so that it is moved to where it goes and not copied: `app(transfer(pixels))`, or `return transfer(pixels)` in a body. The result is
 * the same bytes under a new name, to be passed on at once; `value` itself, and every other view of its memory, is empty from now on. Threads move large
 * buffers, once: a second try of the same task is refused. Everywhere else they are sent as any other.
 * @throws SerializationError `PARSL_SERIALIZE` for shared memory, for memory of WebAssembly, and for what was moved before
 */
export const transfer = <T extends ArrayBuffer | ArrayBufferView>(value: T): T => {
  const view = ArrayBuffer.isView(value) ? value : undefined
  const buffer: unknown = view?.buffer ?? value
  if (types.isSharedArrayBuffer(buffer)) throw refused('it is shared memory, which no thread copies; pass it as it is')
  if (!types.isArrayBuffer(buffer))
    throw refused('it is no buffer and no view of one; give it those within, one by one')
  if (buffer.detached) throw refused('it is detached: its bytes were moved before; pass a copy')
  return (view ? transferView(view, buffer) : moved(buffer)) as T
}

intrinsics('@parsl/worker', { transfer })
