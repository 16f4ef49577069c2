import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newIndex, type Place } from '../../../src/memo/store/index-table.js'
import { keyOf } from './samples.js'

const put = (index: ReturnType<typeof newIndex>, key: Uint8Array, place: Place, isChecked = true): void =>
  index.put({ bytes: Buffer.concat([Buffer.of(0), key]), at: 1 }, place, isChecked)

describe('the index', () => {
  it('agrees with a map, whatever the keys are', async () => {
    const keys = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      // Keys that differ in one place only.
      fc.tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 1, max: 2 })).map(([at, byte]) => {
        const key = new Uint8Array(32)
        key[at] = byte
        return key
      }),
    )
    const puts = fc.array(fc.tuple(keys, fc.maxSafeNat(), fc.boolean()), { maxLength: 300 })
    fc.assert(
      fc.property(puts, (all) => {
        const index = newIndex()
        const model = new Map<string, Place[]>()
        for (const [number, [key, offset, isChecked]] of all.entries()) {
          const place = { file: number, offset, length: number * 2 ** 33 }
          put(index, key, place, isChecked)
          model.set(String(key), [place, ...(isChecked ? [] : (model.get(String(key)) ?? []))])
        }
        expect(index.size).toBe(model.size)
        for (const [key] of all) {
          expect(index.has(key)).toBe(true)
          expect(index.places(key)).toEqual(model.get(String(key)))
        }
      }),
    )
  })

  it('knows what it does not have', () => {
    const index = newIndex()
    expect(index.has(keyOf(1))).toBe(false)
    put(index, keyOf(1), { file: 0, offset: 0, length: 1 })
    expect(index.places(keyOf(2))).toEqual([])
    expect(index.has(keyOf(1).subarray(1))).toBe(false)
  })

  it('keeps a hundred thousand keys apart', () => {
    const index = newIndex()
    const count = 100_000
    const bytes = Buffer.alloc(32)
    for (let number = 0; number < count; number++) {
      bytes.writeUInt32LE(number, (number % 8) * 4)
      index.put({ bytes, at: 0 }, { file: number, offset: number, length: 1 }, true)
    }
    expect(index.size).toBe(count)
    expect(index.places(bytes)).toEqual([{ file: count - 1, offset: count - 1, length: 1 }])
  })
})
