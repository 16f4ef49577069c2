import { describe, expect, it } from 'vitest'
import { argumentsOf } from '../../../bench/replay/arguments.ts'

describe('arguments of a replay', () => {
  it('have defaults for all but the file', () => {
    expect(argumentsOf(['a.json'])).toEqual({
      file: 'a.json',
      slots: 4,
      scale: undefined,
      order: 'submission',
      executor: 'processes',
    })
  })

  it('are read from flags', () => {
    const flags = ['--slots', '2', '--scale=0.5', '--order', 'critical-path', '--executor', 'inProcess']
    expect(argumentsOf([...flags, 'a.json'])).toEqual({
      file: 'a.json',
      slots: 2,
      scale: 0.5,
      order: 'critical-path',
      executor: 'inProcess',
    })
  })

  it('are refused with all complaints at once, and what is expected', () => {
    const flags = ['--slots', '1.5', '--scale', 'fast', '--order', 'random', '--executor', 'slurm']
    expect(() => argumentsOf(flags)).toThrow(
      [
        'pnpm bench replay FILE [--slots N] [--scale S] [--order submission|critical-path] [--executor NAME]:',
        '  - one FILE is wanted, and there are 0',
        '  - --slots must be a whole number above 0, not 1.5',
        '  - --scale must be a number above 0, not fast',
        '  - --order must be one of submission, critical-path, not random',
        '  - --executor must be one of processes, threads, inProcess, not slurm',
      ].join('\n'),
    )
  })

  it.each([
    ['--slots', ''],
    ['--slots', '0'],
    ['--scale', ''],
    ['--scale', '0'],
    ['--scale', 'Infinity'],
  ])('are refused with %s of "%s"', (flag, value) => {
    expect(() => argumentsOf(['a.json', flag, value])).toThrow(`${flag} must be a`)
  })

  it('are refused with a flag that is not known', () => {
    expect(() => argumentsOf(['a.json', '--slot', '2'])).toThrow("Unknown option '--slot'")
  })
})
