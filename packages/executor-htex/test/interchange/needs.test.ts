import { describe, expect, it } from 'vitest'
import { couldEverHold, fits, fitsAhead, giveBack, roomOf, shapeOf, take } from '../../src/interchange/needs.js'
import { registration } from './world.js'

const roomWith = (more: Parameters<typeof registration>[0]) => roomOf(registration(more))

describe('what a try needs', () => {
  it('is the same shape for the same needs, however they are written', () => {
    expect(shapeOf({ custom: { b: 1, a: 2 }, cores: 1 }).key).toBe(shapeOf({ custom: { a: 2, b: 1, c: 0 } }).key)
    expect(shapeOf({ memory: 1 }).key).not.toBe(shapeOf({ custom: { memory: 1 } }).key)
    expect([shapeOf({}).isPlain, shapeOf({ cores: 0.5 }).isPlain, shapeOf({ cores: 2 }).isPlain]).toEqual([
      true,
      true,
      false,
    ])
  })

  it.each([
    [{ cores: 5 }, false],
    [{ cores: 4 }, true],
    [{ memory: 101 }, false],
    [{ gpus: 3 }, false],
    [{ custom: { license: 1 } }, true],
    [{ custom: { other: 1 } }, false],
  ])('%o could ever be held by a manager: %s', (needs, could) => {
    const room = roomWith({ slots: 4, prefetch: 9, memory: 100, gpus: 2, custom: { license: 1 } })
    expect(couldEverHold(room, shapeOf(needs))).toBe(could)
  })

  it('is taken and given back in full, fractions too', () => {
    const room = roomWith({ slots: 20, gpus: 1 })
    const tenth = shapeOf({ gpus: 0.1 })
    for (let n = 0; n < 10; n++) {
      expect(fits(room, tenth)).toBe(true)
      take(room, tenth)
    }
    expect(fits(room, tenth)).toBe(false)
    for (let n = 0; n < 10; n++) giveBack(room, tenth)
    expect(fits(room, shapeOf({ gpus: 1 }))).toBe(true)
    expect([room.usedSlots, room.special]).toEqual([0, 0])
  })

  it('beyond a place keeps others from being sent ahead of their time', () => {
    const room = roomWith({ slots: 2, prefetch: 2 })
    const [plain, large] = [shapeOf({}), shapeOf({ cores: 2 })]
    take(room, large)
    expect([fits(room, plain), fitsAhead(room)]).toEqual([false, false])
    giveBack(room, large)
    for (let n = 0; n < 3; n++) take(room, plain)
    expect([fits(room, plain), fitsAhead(room)]).toEqual([false, true])
    take(room, plain)
    expect(fitsAhead(room)).toBe(false)
  })
})
