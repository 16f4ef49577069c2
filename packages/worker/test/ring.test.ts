import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newRingMemory, ringReader, ringWriter } from '../src/ring.js'

const bytesOf = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

const NOTHING = new Uint8Array(0)

describe('a ring', () => {
  it('gives what was written in order and whole, and refuses only what has no room', () => {
    const lengths = fc.oneof(fc.nat(100), fc.nat(30_000), fc.constantFrom(0, 1, 3, 4, 65_524, 65_528, 70_000))
    const steps = fc.array(fc.oneof(lengths, fc.constant('read' as const)), { maxLength: 300 })
    fc.assert(
      fc.property(steps, (all) => {
        const memory = newRingMemory()
        const writer = ringWriter(memory)
        const reader = ringReader(memory)
        const waiting: Uint8Array[] = []
        const wrong: unknown[] = []
        for (const [index, step] of all.entries()) {
          if (step === 'read') {
            const [read, written] = [reader.read(), waiting.shift()]
            if (Buffer.compare(read ?? NOTHING, written ?? NOTHING) !== 0) wrong.push([read, written])
          } else {
            const message = bytesOf(step, index % 256)
            const held = waiting.reduce((sum, { byteLength }) => sum + byteLength + 8, 0)
            if (writer.write(message)) waiting.push(message)
            else if (held + 2 * (step + 8) <= 65_536) wrong.push(`${step} bytes behind ${held}`)
          }
        }
        expect(wrong).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('says once that its reader sleeps, and lets none sleep where there is something to read', () => {
    const memory = newRingMemory()
    const writer = ringWriter(memory)
    const reader = ringReader(memory)
    expect(writer.isAwaited()).toBe(false)
    expect(reader.sleeps()).toBe(true)
    writer.write(bytesOf(3, 1))
    expect([writer.isAwaited(), writer.isAwaited()]).toEqual([true, false])
    expect(reader.sleeps()).toBe(false)
    expect(writer.isAwaited()).toBe(false)
    reader.read()
    expect(reader.sleeps()).toBe(true)
    reader.looks()
    expect(writer.isAwaited()).toBe(false)
  })
})
