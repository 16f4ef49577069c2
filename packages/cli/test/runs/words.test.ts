import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandText, tookText } from '../../src/runs/words.js'

describe('a length of time', () => {
  it.each([
    [0, '0.0 s'],
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.7, '60 s'],
    [99.4, '99 s'],
    [99.7, '1:40'],
    [725, '12:05'],
    [3_599.6, '1:00:00'],
    [86_399, '23:59:59'],
    [86_400, '1 d 0:00:00'],
    [183_607, '2 d 3:00:07'],
  ])('of %d s reads %s', (seconds, text) => {
    expect(tookText(seconds)).toBe(text)
  })

  it('never reads as a longer or shorter one by more than half a second', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (seconds) => {
        const [, days = '0', clock = ''] = /^(?:(\d+) d )?(.*?)(?: s)?$/.exec(tookText(seconds)) ?? []
        const read = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
        expect(Math.abs(read - seconds)).toBeLessThanOrEqual(0.500_001)
      }),
    )
  })
})

describe('a program', () => {
  it.each([
    ['/home/me/a.ts', '/home/me', 'a.ts x'],
    ['/home/me/b/a.ts', '/home/me', 'b/a.ts x'],
    ['/opt/a.ts', '/home/me', '/opt/a.ts x'],
    ['/opt/\u001B[31ma.ts', '/home/me', '/opt/ [31ma.ts x'],
  ])('%s started in %s reads %s', (program, cwd, text) => {
    expect(commandText({ command: [program, 'x'], cwd } as never)).toBe(text)
  })
})
