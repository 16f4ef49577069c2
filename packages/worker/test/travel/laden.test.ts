import { describe, expect, it } from 'vitest'
import { isLaden, isSpent, type Laden, movedOf, newLadenSlot } from '../../src/travel/laden.js'
import { sharedCopy } from '../../src/travel/shared-memory.js'

const ladenWith = (...buffers: readonly Uint8Array[]): Laden => ({ bytes: new Uint8Array(1), buffers })

describe('what travels beside a message', () => {
  it('is told from bytes and texts', () => {
    expect([ladenWith(), 'text', new Uint8Array(1), Buffer.alloc(1)].map(isLaden)).toEqual([true, false, false, false])
  })

  it('is moved where it is not shared, and then spent', () => {
    const [own, shared] = [new Uint8Array(4), sharedCopy(new Uint8Array(4))]
    const parcel = { laden: ['a', ladenWith(own, shared)] } as const
    expect([movedOf(parcel.laden[1].buffers), isSpent(parcel)]).toEqual([[own.buffer], false])
    structuredClone(own, { transfer: movedOf(parcel.laden[1].buffers) })
    expect(isSpent(parcel)).toBe(true)
    expect(isSpent({ laden: ['b', ladenWith(shared)] })).toBe(false)
    expect(isSpent({ laden: undefined })).toBe(false)
  })

  it('lies in its slot until the next comes, or it is let go of', () => {
    const slot = newLadenSlot()
    const [first, second] = [ladenWith(), ladenWith()]
    slot.put('a', first)
    expect([slot.get('a'), slot.get('b')]).toEqual([first, undefined])
    slot.put('b', second)
    expect([slot.get('a'), slot.get('b')]).toEqual([undefined, second])
    slot.clear()
    expect(slot.get('b')).toBeUndefined()
  })
})
