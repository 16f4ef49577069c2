import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intoFrames, openFrames } from '../../src/wire/envelope.js'
import { WIRE_VERSION } from '../../src/wire/messages.js'

const bytes = fc.uint8Array({ maxLength: 60 }).map((found) => Buffer.from(found))
const envelopes = fc.record({
  session: fc.stringMatching(/^[!-~]{1,32}$/),
  seq: fc.nat({ max: 2 ** 48 - 1 }),
  ack: fc.nat({ max: 2 ** 48 - 1 }),
})

describe('frames of ZeroMQ', () => {
  it('hold the envelope and the message that were put into them', () => {
    fc.assert(
      fc.property(envelopes, bytes, bytes, (envelope, header, body) => {
        const frames = intoFrames(envelope, { header, body })
        expect(frames).toHaveLength(body.byteLength > 0 ? 2 : 1)
        const opened = openFrames(frames)
        expect(opened.envelope).toEqual(envelope)
        expect(Buffer.from(opened.packed?.header ?? [])).toEqual(header)
        expect(Buffer.from(opened.packed?.body ?? [])).toEqual(body)
      }),
    )
  })

  it('are opened or refused in words, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), (frames) => {
        expect(openFrames(frames).refusal ?? 'opened').toMatch(/./)
      }),
    )
  })

  it('of another version are refused with both versions named', () => {
    const [first] = intoFrames({ session: 's', seq: 1, ack: 0 }, { header: Buffer.alloc(3), body: Buffer.alloc(0) })
    first?.set([WIRE_VERSION + 1])
    expect(openFrames([first as Uint8Array])).toEqual({
      refusal: `wire version ${WIRE_VERSION + 1}, and this side speaks version ${WIRE_VERSION}`,
      version: WIRE_VERSION + 1,
    })
  })
})
