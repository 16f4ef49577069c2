import fc from 'fast-check'
import { expect, it } from 'vitest'
import { edited, offsetBefore, type Edit } from '../../src/capture/edits.ts'

const node = (start: number, end: number) => ({ type: 'Program', start, end })

it('finds in the source what stands in the edited text', () => {
  const source = '--- a(b, c) + d ---'
  const edits: Edit[] = [
    { start: 6, end: 7, text: 'cells.b' },
    { start: 14, end: 15, text: '' },
  ]
  const text = edited(source, node(4, 15), edits)
  expect(text).toBe('a(cells.b, c) + ')
  const places = ['a', 'cells', '.b', 'c)', '+'].map((part) => offsetBefore(node(4, 15), edits, text.indexOf(part)))
  expect(places.map((at) => source.slice(at, at + 1))).toEqual(['a', 'b', 'b', 'c', '+'])
})

it('finds each character that no edit touches', () => {
  const pieces = fc.array(fc.record({ kept: fc.string({ minLength: 1 }), gone: fc.string(), put: fc.string() }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(fc.string(), pieces, (before, parts) => {
      let source = before
      const edits: Edit[] = []
      const kept: number[] = []
      for (const part of parts) {
        for (let index = 0; index < part.kept.length; index += 1) kept.push(source.length + index)
        source += part.kept
        edits.push({ start: source.length, end: source.length + part.gone.length, text: part.put })
        source += part.gone
      }
      const whole = node(before.length, source.length)
      const text = edited(source, whole, edits)
      const found = Array.from({ length: text.length }, (_, index) => index).map((index) =>
        offsetBefore(whole, edits, index),
      )
      expect(kept.every((offset) => found.includes(offset))).toBe(true)
      expect(found).toEqual(found.toSorted((a, b) => a - b))
    }),
  )
})
