import { describe, expect, it } from 'vitest'
import { decodeValue } from '../src/decode/decode-value.ts'
import { encodeValue } from '../src/encode/encode-value.ts'

/** Encodes with what `wanted` chooses kept beside the message, each as a copy on its own. */
const split = (value: unknown, wanted: (bytes: Uint8Array) => boolean = () => true) => {
  const buffers: ArrayBufferLike[] = []
  const beside = (bytes: Uint8Array): number | undefined =>
    wanted(bytes) ? buffers.push(new Uint8Array(bytes).buffer) - 1 : undefined
  return { bytes: encodeValue(value, { beside }), buffers }
}

describe('buffers beside a message', () => {
  it('are those that were chosen, and become the very ones that are given back', () => {
    const large = new Uint8Array(5_000).fill(7)
    const { bytes, buffers } = split({ large, small: Uint8Array.of(1, 2) }, ({ byteLength }) => byteLength > 100)
    expect([bytes.byteLength < 100, buffers.length]).toEqual([true, 1])
    const back = decodeValue(bytes, { beside: buffers }) as { large: Uint8Array; small: Uint8Array }
    expect(back).toEqual({ large, small: Uint8Array.of(1, 2) })
    expect(back.large.buffer).toBe(buffers[0])
  })

  it('keep what stands on them: views of one buffer, and the buffer itself, which travels once', () => {
    const memory = new ArrayBuffer(32)
    const value = [new Float32Array(memory, 4, 2), new DataView(memory, 8, 3), memory, new BigInt64Array(memory)]
    const { bytes, buffers } = split(value)
    expect(buffers).toHaveLength(1)
    const [floats, view, whole, words] = decodeValue(bytes, { beside: buffers }) as typeof value
    expect([floats, view, whole, words]).toEqual(value)
    expect([floats, view, words].every((one) => (one as DataView).buffer === whole)).toBe(true)
  })

  it('hold of a Buffer its own bytes only', () => {
    const secret = Buffer.from('a secret|abc')
    const { bytes, buffers } = split(secret.subarray(9))
    expect(buffers.map(({ byteLength }) => byteLength)).toEqual([3])
    const back = decodeValue(bytes, { beside: buffers }) as Buffer
    expect([Buffer.isBuffer(back), back.toString()]).toEqual([true, 'abc'])
  })

  it('may be shared memory, which is refused where it has no place there', () => {
    const memory = new SharedArrayBuffer(8)
    const view = new Int32Array(memory, 4)
    const bytes = encodeValue({ view, memory }, { beside: () => 0 })
    const back = decodeValue(bytes, { beside: [memory] }) as { view: Int32Array; memory: SharedArrayBuffer }
    expect([back.memory, back.view.buffer, back.view.byteOffset]).toEqual([memory, memory, 4])
    expect(back.memory).toBe(memory)
    expect(() => encodeValue(view, { beside: () => undefined })).toThrow('shared memory stays in its process')
  })

  it('are asked for by one clear error where they did not come', () => {
    const { bytes } = split([new ArrayBuffer(1), Buffer.alloc(1)])
    for (const beside of [undefined, [], [new ArrayBuffer(1)]]) {
      expect(() => decodeValue(bytes, { beside: beside ?? [] })).toThrow(
        /^cannot read what arrived: there is no buffer/,
      )
    }
  })
})

it('refuses a Buffer whose bytes were moved, rather than to send an empty one', () => {
  const buffer = Buffer.from(new Uint8Array(8).buffer)
  structuredClone(buffer.buffer, { transfer: [buffer.buffer as ArrayBuffer] })
  expect(() => encodeValue({ buffer })).toThrow('value › buffer cannot travel: it is detached')
})
