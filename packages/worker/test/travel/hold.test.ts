import { describe, expect, it } from 'vitest'
import { newHold } from '../../src/travel/hold.js'
import { LARGE_BYTES } from '../../src/travel/laden.js'
import { transfer } from '../../src/travel/transfer.js'

const large = (): Uint8Array<ArrayBuffer> => new Uint8Array(LARGE_BYTES).fill(7)

describe('a hold', () => {
  it('takes large buffers as copies, and leaves small ones to the message', () => {
    const hold = newHold()
    const given = large()
    expect([hold.beside(new Uint8Array(LARGE_BYTES - 1)), hold.beside(given)]).toEqual([undefined, 0])
    const [taken] = hold.take()
    given[0] = 1
    expect([taken?.[0], taken?.byteLength, given.byteLength]).toEqual([7, LARGE_BYTES, LARGE_BYTES])
  })

  it('moves what was given up, once', () => {
    const hold = newHold()
    const given = transfer(large())
    const asBuffer = Buffer.from(given.buffer)
    expect([hold.beside(given), hold.beside(new Uint8Array(asBuffer.buffer))]).toEqual([0, 1])
    const taken = hold.take()
    expect(taken.map((bytes) => [bytes[0], bytes.byteLength])).toEqual([
      [7, LARGE_BYTES],
      [7, LARGE_BYTES],
    ])
    expect([taken[0]?.buffer === taken[1]?.buffer, given.byteLength]).toEqual([false, 0])
  })

  it('moves nothing while the message is not whole: it may be refused yet', () => {
    const hold = newHold()
    const given = transfer(large())
    hold.beside(given)
    expect(given.byteLength).toBe(LARGE_BYTES)
  })

  it('copies a part of what was given up', () => {
    const hold = newHold()
    const { buffer } = transfer(new Uint8Array(LARGE_BYTES + 1))
    hold.beside(new Uint8Array(buffer, 1))
    expect([hold.take()[0]?.byteLength, buffer.detached]).toEqual([LARGE_BYTES, false])
  })

  it('leaves shared memory what it is, however small', () => {
    const hold = newHold()
    const memory = new SharedArrayBuffer(1)
    expect(hold.beside(new Uint8Array(memory))).toBe(0)
    expect(hold.take()[0]?.buffer).toBe(memory)
    expect(hold.take()).toEqual([])
  })
})
