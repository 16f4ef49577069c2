import { isParslError } from '@parsl/interfaces'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGivenUp, transfer } from '../../src/travel/transfer.js'

const errorOf = (give: () => unknown): Error => {
  try {
    give()
  } catch (error) {
    if (isParslError(error, 'PARSL_SERIALIZE')) return error
    throw error
  }
  throw new Error('it was not refused')
}

type ViewClass = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView<ArrayBuffer>
const views: readonly ViewClass[] = [
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  DataView,
]
/** The types of Node do not know it. */
const wasmMemory = (): { readonly buffer: ArrayBuffer } => {
  const { Memory } = Reflect.get(globalThis, 'WebAssembly') as { Memory: new (size: object) => { buffer: ArrayBuffer } }
  return new Memory({ initial: 1 })
}

describe('transfer', () => {
  it('gives the same bytes under a new name, and leaves the old ones empty', () => {
    const pixels = Float64Array.of(1, 2, 3)
    const others = new Uint8Array(pixels.buffer)
    const given = transfer(pixels)
    expect(given).toEqual(Float64Array.of(1, 2, 3))
    expect([pixels.length, others.length, isGivenUp(given.buffer), isGivenUp(pixels.buffer)]).toEqual([
      0,
      0,
      true,
      false,
    ])
  })

  it('keeps the class of a view, and its place in its buffer', () => {
    const place = fc.record({ View: fc.constantFrom(...views), start: fc.nat(4), length: fc.nat(4), rest: fc.nat(8) })
    fc.assert(
      fc.property(place, ({ View, start, length, rest }) => {
        const memory = new Uint8Array((start + length + rest) * 8).map((_, index) => index)
        const before = memory.slice()
        const given = transfer(new View(memory.buffer, start * 8, length))
        expect([given.constructor, given.byteOffset]).toEqual([View, start * 8])
        expect(new View(before.buffer, start * 8, length)).toEqual(given)
        expect(new Uint8Array(given.buffer)).toEqual(before)
      }),
    )
  })

  it('takes buffers, those that may grow, and Buffers', () => {
    const growing = new ArrayBuffer(2, { maxByteLength: 8 })
    expect([transfer(growing).maxByteLength, growing.detached]).toEqual([8, true])
    const large = Buffer.from(new ArrayBuffer(100_000), 10, 3).fill('a')
    const given = transfer(large)
    expect([Buffer.isBuffer(given), given.toString(), large.length]).toEqual([true, 'aaa', 0])
  })

  it('copies what lies in the pool of Node, beside what belongs to others', () => {
    const neighbor = Buffer.from('neighbor')
    const small = Buffer.from('abc')
    const view = new Uint8Array(small.buffer, small.byteOffset, 3)
    expect([transfer(small).toString(), Buffer.from(transfer(view)).toString()]).toEqual(['abc', 'abc'])
    expect([neighbor.toString(), transfer(small).buffer.byteLength]).toEqual(['neighbor', 3])
  })

  it('refuses what cannot be moved', () => {
    const moved = new Uint8Array(4)
    transfer(moved)
    const wasm = wasmMemory()
    const reasons: readonly (readonly [unknown, string])[] = [
      [new SharedArrayBuffer(4), 'it is shared memory'],
      [new Uint8Array(new SharedArrayBuffer(4)), 'it is shared memory'],
      [moved, 'it is detached'],
      [wasm.buffer, 'its memory cannot be moved'],
      [{ pixels: new Uint8Array(4) }, 'it is no buffer and no view of one'],
      ['text', 'it is no buffer and no view of one'],
      [undefined, 'it is no buffer and no view of one'],
    ]
    for (const [value, reason] of reasons)
      expect(errorOf(() => transfer(value as Uint8Array)).message).toContain(reason)
    expect(wasm.buffer.byteLength).toBe(65_536)
  })
})
