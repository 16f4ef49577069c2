import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { livenessOf, ownMark, parseMark, type WriterMark } from '../../../src/memo/store/writer-mark.js'

describe('the writer of a file', () => {
  it('is alive while its process is', async () => {
    const own = await ownMark('run')
    expect(own).toMatchObject({ runId: 'run', pid: process.pid })
    expect(await livenessOf(own)).toBe('alive')
    expect(parseMark(JSON.stringify(own))).toEqual(own)
  })

  it.each<[string, Partial<WriterMark>, string]>([
    ['has ended where another process has its id by now', { started: 'another time' }, 'ended'],
    ['may live where its start cannot be told', { started: '' }, 'alive'],
    ['has ended where no process has its id', { pid: 2 ** 30 }, 'ended'],
    ['may live on another host', { host: 'another', boot: 'another' }, 'unknown'],
    ['may live in another space of process ids', { pidSpace: 'another' }, 'unknown'],
    ['may live where a machine of the same name has no id', { boot: 'another', machine: '' }, 'unknown'],
    ['may live on another machine of the same name', { boot: 'another', machine: 'another' }, 'unknown'],
  ])('%s', async (_title, changes, state) => {
    expect(await livenessOf({ ...(await ownMark('run')), ...changes })).toBe(state)
  })

  it('has ended where its machine was started anew since then', async () => {
    const own = await ownMark('run')
    const state = await livenessOf({ ...own, boot: 'an earlier one' })
    expect(state).toBe(own.machine === '' ? 'unknown' : 'ended')
  })

  it('has ended when it was killed, even before its parent takes notice', async () => {
    const child = spawn('sleep', ['300'])
    const own = await ownMark('run')
    const mark = { ...own, pid: child.pid as number, started: '' }
    expect(await livenessOf(mark)).toBe('alive')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await eventually(async () => (await livenessOf(mark)) === 'ended')
  })

  it.each([
    '',
    '{}',
    'null',
    '{"pid":1}',
    '{"pid":-1,"runId":"","started":"","host":"","machine":"","boot":"","pidSpace":""}',
  ])('is not told by %j', (text) => expect(parseMark(text)).toBeUndefined())
})
