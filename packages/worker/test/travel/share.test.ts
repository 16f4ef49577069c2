import { describe, expect, it } from 'vitest'
import { programFunctions } from '../../src/travel/functions.js'
import { isShareId, newKeptShares } from '../../src/travel/kept-shares.js'
import type { SharedContent } from '../../src/travel/shared-memory.js'
import { share, type ShareOptions, valueOfShared } from '../../src/travel/share.js'
import type { SharedValue } from '../../src/travel/shared-value.js'

interface Table {
  readonly rows: Float64Array
  readonly small: Uint8Array
  readonly list: readonly number[]
}

const table = (): Table => ({ rows: new Float64Array(20_000).fill(3), small: Uint8Array.of(1), list: [1] })

const shared = (value: unknown, options?: ShareOptions): SharedValue => share(value, options) as unknown as SharedValue

/** As a worker has it that was sent it. */
const inWorker = ({ id, content }: SharedValue, sent: SharedContent = content): Table => {
  const kept = newKeptShares(programFunctions(), () => undefined)
  kept.add(id, sent)
  expect(kept.valueOf(id)).toBe(kept.valueOf(id))
  return kept.valueOf(id) as Table
}

/** As it comes through a pipe: all bytes of a message. */
const piped = ({ bytes, buffers, inPlace }: SharedContent): SharedContent => ({
  bytes,
  buffers: buffers.map((buffer) => Buffer.from(Buffer.from(buffer))),
  inPlace,
})

describe('a shared value', () => {
  it('is to each worker a copy of its own, of one copy that all of them read', () => {
    const value = shared(table())
    const [one, other] = [inWorker(value), inWorker(value)]
    one.rows[0] = 9
    expect([other.rows[0], (valueOfShared(value) as Table).rows[0]]).toEqual([3, 3])
    expect([one.rows.buffer, one.small.buffer].every((buffer) => buffer instanceof ArrayBuffer)).toBe(true)
    expect(Object.isFrozen(one.list)).toBe(true)
    expect(value.content.buffers.map(({ byteLength }) => byteLength)).toEqual([160_000])
  })

  it('is in place the same memory for all, whatever its size', () => {
    const value = shared(table(), { inPlace: true })
    const [one, other, here] = [inWorker(value), inWorker(value), valueOfShared(value) as Table]
    one.rows[0] = 9
    one.small[0] = 8
    expect([other.rows[0], here.rows[0], other.small[0], here.small[0]]).toEqual([9, 9, 8, 8])
    expect([one.rows.buffer, here.small.buffer].every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true)
    expect(Object.isFrozen(one)).toBe(true)
  })

  it('looks the same in a process, which has memory of its own', () => {
    for (const inPlace of [false, true]) {
      const value = shared(table(), { inPlace })
      const there = inWorker(value, piped(value.content))
      expect(there.rows).toEqual(table().rows)
      expect(there.rows.buffer instanceof SharedArrayBuffer).toBe(inPlace)
    }
  })

  it('has one name for one value, another for other bytes, and in place another', () => {
    const other = { ...table(), rows: new Float64Array(20_000).fill(4) }
    const ids = [shared(table()), shared(table()), shared(other), shared(table(), { inPlace: true })].map(
      ({ id }) => id,
    )
    expect(ids.every(isShareId)).toBe(true)
    expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3])
  })

  it('refuses shared memory, which would not stay what it is, and options that are none', () => {
    for (const inPlace of [false, true]) {
      expect(() => shared({ memory: new SharedArrayBuffer(1) }, { inPlace })).toThrow('pass it as an argument')
    }
    expect(() => shared([1], { inplace: true } as ShareOptions)).toThrow(/inplace.*inPlace/s)
    expect(() => shared([1], { inPlace: 1 as never })).toThrow('true or false')
  })
})
