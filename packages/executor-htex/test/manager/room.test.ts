import { describe, expect, it } from 'vitest'
import { newRoom } from '../../src/manager/room.js'
import type { Needs } from '../../src/wire/messages.js'
import { classOf } from './world.js'

const roomOf = () => newRoom({ slots: 4, memory: 1_000, gpus: 1, custom: { licences: 2 } })
const cls = (needs: Needs) => classOf(0, { needs })

describe('the room of a manager', () => {
  it('takes tries of one core without end: its workers queue them', () => {
    const room = roomOf()
    for (let n = 0; n < 100; n++) expect(room.take(cls({ cores: 1 }))).toBe(true)
  })

  it('takes what needs more as far as it goes', () => {
    for (const needs of [{ cores: 3 }, { memory: 600 }, { gpus: 1 }, { custom: { licences: 2 } }]) {
      const room = roomOf()
      expect(room.take(cls(needs))).toBe(true)
      expect(room.take(cls(needs))).toBe(false)
      expect(room.take(cls({}))).toBe(true)
      room.giveBack(cls(needs))
      room.giveBack(cls({}))
      expect(room.take(cls(needs))).toBe(true)
    }
  })

  it('keeps no more than its workers busy beside a try that needs several', () => {
    const room = roomOf()
    expect([cls({ cores: 3 }), cls({}), cls({})].map((one) => room.take(one))).toEqual([true, true, false])
  })

  it('takes what is more than all there is when nothing else runs', () => {
    const room = roomOf()
    expect(room.take(cls({ cores: 9 }))).toBe(true)
    expect(room.take(cls({ cores: 9 }))).toBe(false)
  })
})
