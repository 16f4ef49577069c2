import { mkdir, writeFile } from 'node:fs/promises'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { parsl } from '../parsl.js'
import { counts, KILLED, writeRun } from '../run-dirs.js'

const failure = (task: number, state: string, message = 'no reads') => ({
  level: 40,
  task,
  app: 'align',
  state,
  attempt: 0,
  err: { type: 'TypeError', message, stack: `TypeError: ${message}\n    at align.ts:3:7` },
  msg: 'the task failed',
})
const change = (taskId: number, state: string) => ({
  level: 20,
  type: 'task',
  taskId,
  app: 'align',
  state,
  msg: `task ${taskId} is ${state}`,
})

/** One run of each kind. */
const everyKind = async (base: string): Promise<void> => {
  await writeRun(`${base}/000`, {
    end: { at: '2026-11-20T18:00:07.340Z', counts: counts({ execDone: 12, memoDone: 3 }), unawaited: 0 },
  })
  await writeRun(`${base}/001`, {
    end: {
      at: '2026-11-21T20:05:00.000Z',
      counts: counts({ execDone: 2, failed: 1, depFail: 2, cancelled: 4 }),
      unawaited: 1,
    },
    log: [
      failure(2, 'failed', 'no reads\nat all'),
      failure(3, 'depFail'),
      failure(4, 'depFail'),
      failure(5, 'cancelled'),
    ],
  })
  await writeRun(`${base}/002`, { end: { at: '2026-11-20T18:00:01.000Z', error: 'no port is free' } })
  await writeRun(`${base}/003`, {
    ...KILLED,
    log: [failure(0, 'failed'), { msg: 'the task failed' }, failure(1, 'cancelled')],
  })
  await writeRun(`${base}/004`, {
    ...KILLED,
    level: 'debug',
    log: [
      change(0, 'pending'),
      change(1, 'pending'),
      change(0, 'running'),
      change(0, 'execDone'),
      change(1, 'running'),
    ],
  })
  await writeRun(`${base}/005`, { ...KILLED, level: 'none' })
  await writeRun(`${base}/006`, {})
  await mkdir(`${base}/007`)
  await writeRun(`${base}/1000`, { command: ['/opt/tools/\u001B[31mrun.js'] })
  await writeFile(`${base}/1000/run.json`, '{"format":2}')
}

describe('parsl runs', () => {
  it('lists runs of every kind, and guesses nothing', async () => {
    await using folder = await scratch()
    await everyKind(folder.at('runinfo'))
    const { stdout, stderr, code } = await parsl({ cwd: folder.path }, 'runs')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toMatchSnapshot()
  })

  it.each(['0', '001', '2', '3', '4', '5', '6', '7', '1000'])('tells all of run %s', async (id) => {
    await using folder = await scratch()
    await everyKind(folder.at('runs'))
    const { stdout, stderr, code } = await parsl({ cwd: folder.path }, 'runs', id, '--run-dir', 'runs')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(
      stdout.replaceAll(folder.path, 'FOLDER').replaceAll(` on ${KILLED.host},`, ' on this machine,'),
    ).toMatchSnapshot()
  })

  it('gives the same as JSON, with null for what is not known', async () => {
    await using folder = await scratch()
    await everyKind(folder.at('runinfo'))
    const all = JSON.parse((await parsl({ cwd: folder.path }, 'runs', '--json')).stdout) as Record<string, unknown>[]
    expect(
      all.map(({ run, state, seconds, failed, cancelled, countsFrom }) => [
        run,
        state,
        seconds,
        failed,
        cancelled,
        countsFrom,
      ]),
    ).toEqual([
      [0, 'ended', 7.34, 0, 0, 'record'],
      [1, 'failed', 93_900, 3, 4, 'record'],
      [2, 'failed', 1, 0, 0, 'record'],
      [3, 'killed', null, 1, 1, 'log'],
      [4, 'killed', null, 0, 0, 'log'],
      [5, 'killed', null, null, null, null],
      [6, 'unknown', null, 0, 0, 'log'],
      [7, 'unknown', null, null, null, null],
      [1000, 'unknown', null, null, null, null],
    ])
    expect(all.map((run) => run['counts'] === null)).toEqual([false, false, false, true, false, true, true, true, true])
    const one = JSON.parse((await parsl({ cwd: folder.path }, 'runs', '1', '--json')).stdout) as object
    expect(one).toMatchObject({
      ...all[1],
      failureCount: 3,
      firstFailures: [
        { task: 2, app: 'align', state: 'failed', error: { type: 'TypeError' } },
        { task: 3 },
        { task: 4 },
      ],
    })
  })

  it('shows the first failures of many, and counts the others', async () => {
    await using folder = await scratch()
    await writeRun(folder.at('runinfo/000'), {
      ...KILLED,
      log: Array.from({ length: 50 }, (_, task) => failure(task, 'failed')),
    })
    const { stdout } = await parsl({ cwd: folder.path }, 'runs', '0')
    expect(stdout).toContain('  task 19 (align) failed: TypeError: no reads\n  and 30 more\n')
  })

  it('says so where there are none, or not that one', async () => {
    await using folder = await scratch()
    await folder.fill('runinfo/', 'other/')
    expect(await parsl({ cwd: folder.path }, 'runs')).toMatchObject({ stdout: 'no runs yet\n', code: 0 })
    expect(await parsl({ cwd: folder.path }, 'runs', '--json')).toMatchObject({ stdout: '[]\n', code: 0 })
    expect(await parsl({ cwd: folder.path }, 'runs', '1')).toMatchObject({
      stderr: `parsl: no runs in ${folder.at('runinfo')}: the folder holds none. Name another with --run-dir\n`,
      code: 1,
    })
    await writeRun(folder.at('runinfo/011'), {})
    expect(await parsl({ cwd: folder.path }, 'runs', '12')).toMatchObject({
      stderr: `parsl: no run 012 in ${folder.at('runinfo')}: the newest is 011\n`,
      code: 1,
    })
  })
})
