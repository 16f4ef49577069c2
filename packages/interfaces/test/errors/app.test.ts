import { describe, expect, it } from 'vitest'
import { type BashExitDetails, BashExitFailure } from '../../src/errors/app.ts'

const failure = (details: Partial<BashExitDetails>): BashExitFailure =>
  new BashExitFailure({
    app: 'align',
    exitCode: 3,
    signal: null,
    command: 'bwa mem a b',
    stdout: undefined,
    stderr: undefined,
    stderrTail: '',
    ...details,
  })

describe('BashExitFailure', () => {
  it('names the signal that ended the command', () => {
    expect(failure({ exitCode: null, signal: 'SIGKILL' }).message).toBe('bash app align was ended by SIGKILL')
  })

  it('says where the streams are', () => {
    expect(failure({ stdout: '/r/out', stderr: '/r/err' }).message).toBe(
      'bash app align failed with exit code 3 (streams: /r/out, /r/err)',
    )
  })

  it.each([
    [{ stdout: '/r/out' }, '/r/out'],
    [{ stderr: '/r/err' }, '/r/err'],
  ])('names the only stream that has a file: %o', (streams, path) => {
    expect(failure(streams).message).toBe(`bash app align failed with exit code 3 (streams: ${path})`)
  })

  it('shows the end of standard error, each line marked', () => {
    expect(failure({ stderr: '/r/err', stderrTail: 'reading a\n\nno such file\n' }).message).toBe(
      'bash app align failed with exit code 3 (streams: /r/err)\n  | reading a\n  | \n  | no such file',
    )
  })

  it('shows nothing of a standard error that is blank', () => {
    expect(failure({ stderrTail: '\n \n' }).message).toBe('bash app align failed with exit code 3')
  })

  it('keeps the facts', () => {
    expect(failure({ stderrTail: 'x\n' }).details).toEqual({
      app: 'align',
      exitCode: 3,
      signal: null,
      command: 'bwa mem a b',
      stdout: undefined,
      stderr: undefined,
      stderrTail: 'x\n',
    })
  })
})
