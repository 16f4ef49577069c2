import { describe, expect, it } from 'vitest'
import { readStart } from '../../src/interchange/settings.js'

const right = {
  parsl: '1.0.0',
  socketPath: '/run/socket',
  logFile: '/run/log',
  keys: null,
  address: null,
  ports: { from: 54_000, to: 55_000 },
  messageBytes: 1_000,
  heartbeatPeriodMs: 30_000,
  heartbeatThresholdMs: 120_000,
  selector: 'random',
  partBytes: 1_000,
  ageAfterMs: 1_000,
}

describe('the settings of an interchange', () => {
  it('are taken as they are where they are right', () => {
    expect(readStart(JSON.stringify(right))).toEqual(right)
  })

  it.each([
    [{ ports: 70_000 }, "ports must be 'any', a port, or { from, to }"],
    [{ ports: { from: 5 } }, "ports must be 'any', a port, or { from, to }"],
    [{ selector: 'mine' }, 'selector must be random, blockId or fewestManagers'],
    [{ keys: '', partBytes: 'many' }, 'keys must be text or null, partBytes must be a number above 0'],
    [{ parsl: undefined }, 'parsl must be text'],
  ])('%o are refused by name', (wrong, words) => {
    expect(() => readStart(JSON.stringify({ ...right, ...wrong }))).toThrow(`wrong settings: ${words}`)
  })

  it.each(['', 'null', '[1]', '{"a":'])('that are %j are refused', (line) => {
    expect(() => readStart(line)).toThrow(/./)
  })
})
