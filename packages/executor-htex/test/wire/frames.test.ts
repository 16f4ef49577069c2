import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Packed } from '../../src/wire/codec.js'
import { framed, newFrameReader } from '../../src/wire/frames.js'

const bytes = fc.uint8Array({ maxLength: 40 }).map((found) => Buffer.from(found))
const messages = fc.array(fc.record({ header: bytes, body: bytes }), { maxLength: 8 })
const plain = ({ header, body }: Packed) => ({ header: Buffer.from(header), body: Buffer.from(body) })

const cut = (stream: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = []
  for (let at = 0, i = 0; at < stream.byteLength; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? stream.byteLength)
    // Memory of its own, as of a socket.
    chunks.push(Buffer.from(stream.subarray(at, at + size)))
    at += size
  }
  return chunks
}

describe('a stream of messages', () => {
  it('gives the same messages however it is cut', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(30), { maxLength: 10 }), (sent, sizes) => {
        const found: Packed[] = []
        const reader = newFrameReader((packed) => found.push(plain(packed)))
        for (const chunk of cut(Buffer.concat(sent.flatMap(framed)), sizes)) expect(reader.push(chunk)).toBeUndefined()
        expect(found).toEqual(sent)
        expect(reader.pending).toBe(0)
      }),
    )
  })

  it('carries a long body in a piece of its own', () => {
    const body = Buffer.alloc(100_000, 7)
    const pieces = framed({ header: Buffer.from('header'), body })
    expect(pieces[1]).toBe(body)
    const found: Packed[] = []
    const reader = newFrameReader((packed) => found.push(plain(packed)))
    for (const chunk of cut(Buffer.concat(pieces), [999])) reader.push(chunk)
    expect(found).toEqual([{ header: Buffer.from('header'), body }])
  })

  it.each([
    ['header', [11, 0], 'a message with a header of 11 bytes, and 10 is the limit'],
    ['body', [10, 21], 'a message with a body of 21 bytes, and 20 is the limit'],
  ])('is refused from a %s on that is too long', (_what, lengths, refusal) => {
    const found: Packed[] = []
    const reader = newFrameReader((packed) => found.push(packed), { header: 10, body: 20 })
    const right = Buffer.concat(framed({ header: Buffer.alloc(10), body: Buffer.alloc(20) }))
    const wrong = Buffer.from(new Uint32Array(lengths).buffer)
    expect(reader.push(Buffer.concat([right, wrong, right]))).toBe(refusal)
    expect(reader.push(right)).toBe(refusal)
    expect(found).toHaveLength(1)
  })

  it('knows of a message that has not come in full', () => {
    const reader = newFrameReader(() => undefined)
    reader.push(Buffer.concat(framed({ header: Buffer.alloc(4), body: Buffer.alloc(4) })).subarray(0, 13))
    expect(reader.pending).toBe(5)
  })
})
