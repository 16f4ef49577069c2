import { LARGE_BYTES } from './laden.js'
import { isGivenUp } from './transfer.js'

/** Takes the large buffers out of a message while it is written, for a worker or program that has the same memory. */
export interface Hold {
  /** For `encodeValue`: gives shared memory and large buffers a place beside the message. */
  readonly beside: (bytes: Uint8Array) => number | undefined
  /** What the last message left here: shared memory as it is, what was given up moved, all else copied. */
  take(): readonly Uint8Array[]
}

/** The option of `encodeValue`, where there is a hold. */
export const besideOf = (hold: Hold | undefined): Partial<Pick<Hold, 'beside'>> => (hold ? { beside: hold.beside } : {})

const isWhole = ({ buffer, byteLength }: Uint8Array): boolean => byteLength === buffer.byteLength

/** The same buffer may stand here twice, as itself and under a `Buffer`: the last one moves. */
const taken = (bytes: Uint8Array, place: number, all: readonly Uint8Array[]): Uint8Array => {
  const { buffer } = bytes
  if (buffer instanceof SharedArrayBuffer) return bytes
  const isLast = !all.some((other, at) => at > place && other.buffer === buffer)
  return isLast && isWhole(bytes) && isGivenUp(buffer)
    ? new Uint8Array(buffer.transferToFixedLength())
    : new Uint8Array(bytes)
}

const NOTHING: readonly Uint8Array[] = []

export const newHold = (): Hold => {
  let found: Uint8Array[] = []
  return {
    beside: (bytes) => {
      const isShared = bytes.buffer instanceof SharedArrayBuffer && isWhole(bytes)
      return isShared || bytes.byteLength >= LARGE_BYTES ? found.push(bytes) - 1 : undefined
    },
    take: () => {
      if (found.length === 0) return NOTHING
      const all = found
      found = []
      return all.map(taken)
    },
  }
}
