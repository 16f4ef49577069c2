import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { listRuns, stateOfRun } from '../../src/runs/list.js'
import { type RunRecord, writeRecord } from '../../src/runs/record.js'
import { errorOf, scratch } from '../fixture.js'

const RECORD: RunRecord = {
  format: 1,
  runId: 'f',
  startedAt: '2026-11-20T18:00:00.000Z',
  host: 'here',
  pid: 7,
  processStart: 'boot 1',
  command: ['/home/me/align.ts', 'a'],
  cwd: '/home/me',
  node: 'v24.0.0',
  executors: ['processes'],
  log: 'info',
}
const NONE = {
  pending: 0,
  launched: 0,
  running: 0,
  joining: 0,
  failRetryable: 0,
  execDone: 0,
  memoDone: 0,
  failed: 0,
  depFail: 0,
  cancelled: 0,
}
const ended = (counts: Partial<typeof NONE>): RunRecord => ({
  ...RECORD,
  end: { at: '2026-11-20T18:01:00.000Z', counts: { ...NONE, ...counts }, unawaited: 0 },
})
const here = (start?: string) => ({ host: 'here', startOf: async () => start })

describe('the state of a run', () => {
  it.each([
    ['ended', 'it said so', ended({ execDone: 3 }), here()],
    ['ended', 'its tasks were cancelled', ended({ cancelled: 3 }), here()],
    ['failed', 'a task failed', ended({ execDone: 3, failed: 1 }), here()],
    ['failed', 'the input of a task failed', ended({ depFail: 1 }), here()],
    ['failed', 'its kernel could not start', { ...RECORD, end: { at: RECORD.startedAt, error: 'no port' } }, here()],
    ['running', 'its process is there', RECORD, here('boot 1')],
    ['killed', 'its process is gone', RECORD, here()],
    ['killed', 'another process has its number', RECORD, here('boot 2')],
    ['unknown', 'it runs on another machine', { ...RECORD, host: 'there' }, here('boot 1')],
    ['unknown', 'the system told no start', { ...RECORD, processStart: undefined as never }, here('boot 1')],
  ] as const)('is %s where %s', async (state, _, record, place) => {
    expect(await stateOfRun(record, place)).toBe(state)
  })
})

describe('runs', () => {
  it('are listed in order of their numbers, whatever else is there', async () => {
    await using folder = await scratch()
    await folder.fill('notes/', '12x/', '3')
    for (const name of ['1000', '999', '007']) {
      await mkdir(folder.at(name))
      await writeRecord(folder.at(name), ended({ execDone: Number(name) }))
    }
    const runs = await listRuns(folder.path)
    expect(runs.map(({ number, dir, state, record }) => [number, dir, state, record?.end?.counts?.execDone])).toEqual([
      [7, folder.at('007'), 'ended', 7],
      [999, folder.at('999'), 'ended', 999],
      [1000, folder.at('1000'), 'ended', 1000],
    ])
  })

  it.each([
    ['is not there', undefined, 'it has no run.json'],
    ['is no JSON', '{"format":1,', 'run.json cannot be read: '],
    ['is no object', 'null', 'run.json cannot be read: '],
    [
      'comes from a later version',
      JSON.stringify({ ...RECORD, format: 2 }),
      'run.json has the format 2, and this version reads 1',
    ],
    [
      'lacks a field',
      JSON.stringify({ ...RECORD, pid: undefined }),
      'run.json is damaged: its field pid cannot be read',
    ],
    ['has a bad end', JSON.stringify({ ...RECORD, end: null }), 'run.json is damaged: its field end cannot be read'],
  ])('are unknown where the record %s, and it is said why', async (_, text, problem) => {
    await using folder = await scratch()
    await mkdir(folder.at('000'))
    if (text !== undefined) await writeFile(folder.at('000/run.json'), text)
    const [run] = await listRuns(folder.path)
    expect(run).toMatchObject({ number: 0, state: 'unknown', record: undefined })
    expect(run?.problem?.startsWith(problem)).toBe(true)
  })

  it('are refused where the folder is not there', async () => {
    await using folder = await scratch()
    expect(await errorOf(listRuns(folder.at('none')))).toMatchObject({ code: 'ENOENT' })
  })

  it('are read a few at a time, so that thousands are no trouble', async () => {
    await using folder = await scratch()
    for (let number = 0; number < 1_500; number++) await mkdir(folder.at(String(number)))
    expect(await listRuns(folder.path)).toHaveLength(1_500)
  })
})
