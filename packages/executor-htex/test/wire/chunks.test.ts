import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chunks } from '../../src/wire/chunks.js'

const LIMIT = 4 * 1024 * 1024
const sizes = fc.array(fc.oneof(fc.nat(2_000_000), fc.integer({ min: 0, max: 9_000_000 })), { maxLength: 30 })
const sum = (list: readonly number[]): number => list.reduce((total, size) => total + size, 0)

it('cuts a list so that nothing is lost, and no piece of several is larger than a message', () => {
  fc.assert(
    fc.property(sizes, (items) => {
      const cut = chunks(items, (size) => size)
      expect(cut.flat()).toEqual(items)
      expect(cut.every((piece) => piece.length === 1 || (piece.length > 1 && sum(piece) <= LIMIT))).toBe(true)
      // No two that follow each other would go into one.
      expect(cut.slice(1).every((piece, i) => sum(cut[i] as number[]) + (piece[0] as number) > LIMIT)).toBe(true)
    }),
  )
})
