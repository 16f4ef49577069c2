import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { eventually, type Scratch, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { parsl, programAt } from '../parsl.js'
import { counts, KILLED, writeRun } from '../run-dirs.js'

/** Without what differs from run to run. */
const steady = (text: string, folder: Scratch): string =>
  text
    .replaceAll(folder.path, 'FOLDER')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/ on \S+\/processes\/worker \d+, process \d+/g, ' on WORKER')
    .replaceAll(/^( +at )(?:.*\/)?(?:worker\.mjs|fails\.ts|index\.js)[^\n]*$/gm, '$1SOMEWHERE')
    .replaceAll(/^ +at (?!SOMEWHERE).*\n/gm, '')
    .replaceAll(/(?: +at SOMEWHERE\n)+/g, '    at SOMEWHERE\n')
    .replaceAll(programAt('fails.ts'), 'PROGRAM')

const start = (folder: Scratch, ...args: readonly string[]) =>
  spawn(process.execPath, [programAt('fails.ts'), ...args], {
    cwd: folder.path,
    stdio: ['ignore', 'ignore', 'inherit'],
  })

/** Runs the program of failures to its end. */
const failing = async (folder: Scratch): Promise<void> => {
  expect(await once(start(folder), 'exit')).toEqual([0, null])
}

/** Kills the program of failures once all have failed and another task is under way. */
const killed = async (folder: Scratch, level: string): Promise<void> => {
  const program = start(folder, level, 'hang')
  const output = folder.at('runinfo/000/task_logs/0000/task_0005_waits.stdout')
  await eventually(async () => (await readFile(output, 'utf8').catch(() => '')) === 'under way\n', { guardMs: 50_000 })
  program.kill('SIGKILL')
  expect(await once(program, 'exit')).toEqual([null, 'SIGKILL'])
}

const logs = (folder: Scratch, ...args: readonly string[]) => parsl({ cwd: folder.path }, 'logs', ...args)

describe('parsl logs', () => {
  it('explains each failed task of a run: tries, errors with causes, output, log, and what is behind it', async () => {
    await using folder = await scratch()
    await failing(folder)
    for (const task of ['0', '1', '2', '3', '4']) {
      const { stdout, stderr, code } = await logs(folder, task)
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
      expect(steady(stdout, folder)).toMatchSnapshot(`task ${task}`)
    }
  })

  it('explains them as well where the program was killed', async () => {
    await using folder = await scratch()
    await killed(folder, 'info')
    expect((await parsl({ cwd: folder.path }, 'runs', '0')).stdout).toContain('at least 4 failed and 0 cancelled')
    expect((await logs(folder, '0')).stdout).toMatch(/of run 000: failed\n[^]*RangeError: boom 1[^]*TypeError: inner/)
    expect((await logs(folder, '2')).stdout).toContain(`stdout: ${folder.at('out/named.txt')}\nno newline\n`)
    const { stdout } = await logs(folder, '5')
    expect(steady(stdout, folder)).toMatchSnapshot()
  })

  it('knows what was under way in a killed run whose log holds every change', async () => {
    await using folder = await scratch()
    await killed(folder, 'debug')
    expect((await logs(folder, '4')).stdout).toMatch(/^task 4 \(fine\) of run 000: execDone\n/)
    expect((await logs(folder, '5')).stdout).toMatch(/^task 5 \(waits\) of run 000: running when run 000 was killed\n/)
    const [run] = JSON.parse((await parsl({ cwd: folder.path }, 'runs', '--json')).stdout) as [object]
    expect(run).toMatchObject({ state: 'killed', counts: { execDone: 1, running: 1, failed: 3, depFail: 1 } })
  })

  it('gives the same as JSON', async () => {
    await using folder = await scratch()
    await failing(folder)
    const found = JSON.parse((await logs(folder, '1', '--json')).stdout) as object
    const stem = folder.at('runinfo/000/task_logs/0000/task_0001_noisy')
    expect(found).toMatchObject({
      task: 1,
      run: 0,
      dir: folder.at('runinfo/000'),
      app: 'noisy',
      state: 'failed',
      tries: [
        { attempt: 0, executor: 'processes', again: true, error: { code: 'PARSL_APP_BASH_EXIT' } },
        { attempt: 1, executor: 'processes', again: false, error: { code: 'PARSL_APP_BASH_EXIT' } },
      ],
      streams: [
        { attempt: 0, stream: 'stdout', path: `${stem}.stdout`, bytes: 10 },
        { attempt: 0, stream: 'stderr', path: `${stem}.stderr`, bytes: 10 },
        { attempt: 1, stream: 'stdout', path: `${stem}.try1.stdout`, bytes: 10 },
        { attempt: 1, stream: 'stderr', path: `${stem}.try1.stderr`, bytes: 10 },
      ],
      lines: [],
    })
  })

  it('looks into the newest run, or the one that is named', async () => {
    await using folder = await scratch()
    for (const number of ['000', '001', '010'])
      await writeRun(folder.at(`runs/${number}`), {
        end: { at: '2026-11-20T18:00:01.000Z', counts: counts({ execDone: 1 }), unawaited: 0 },
      })
    const inRuns = ['--run-dir', 'runs']
    expect((await logs(folder, '0', ...inRuns)).stdout).toBe('task 0 of run 010: ended well\n  align.ts reads.fq\n')
    expect((await logs(folder, '0', '--run', '1', ...inRuns)).stdout).toMatch(/^task 0 of run 001/)
    expect(await logs(folder, '0', '--run', '2', ...inRuns)).toMatchObject({
      stderr: `parsl: no run 002 in ${folder.at('runs')}: the newest is 010\n`,
      code: 1,
    })
  })

  it.each([
    [counts({}), 'it had no tasks'],
    [counts({ execDone: 1 }), 'it had one task: 0'],
    [counts({ execDone: 2, failed: 1 }), 'it had the tasks 0 to 2'],
  ])('refuses a task that an ended run did not have', async (all, message) => {
    await using folder = await scratch()
    await writeRun(folder.at('runinfo/000'), { end: { at: '2026-11-20T18:00:01.000Z', counts: all, unawaited: 0 } })
    expect(await logs(folder, '3')).toEqual({
      stdout: '',
      stderr: `parsl: no task 3 in run 000: ${message}\n`,
      code: 1,
      signal: null,
    })
  })

  it.each([
    ['the log is off', { level: 'none' }, 'unknown: the log of run 000 does not tell of tasks (log: false)'],
    [
      'the logger is the own of the program',
      { level: 'own' },
      'unknown: the log of run 000 does not tell of tasks (log: a logger of the program)',
    ],
    [
      'the log holds errors only',
      { level: 'error' },
      "unknown: the log of run 000 does not tell of tasks (log: 'error')",
    ],
    ['the run is elsewhere', {}, 'unknown: run 000 has not said that it ended, and its log tells of no failure'],
    [
      'it was killed',
      KILLED,
      "unknown: run 000 was killed, and only a log at the level 'debug' tells which tasks were under way",
    ],
    [
      'it was killed, and logged everything',
      { ...KILLED, level: 'debug' },
      'unknown: run 000 was killed, and its log does not name the task',
    ],
  ] as const)('says what it does not know where %s', async (_, record, standing) => {
    await using folder = await scratch()
    await writeRun(folder.at('runinfo/000'), record)
    expect((await logs(folder, '3')).stdout).toBe(`task 3 of run 000: ${standing}\n  align.ts reads.fq\n`)
  })

  it('is not misled by what bodies log, by other tasks, or by a line that was cut', async () => {
    await using folder = await scratch()
    await writeRun(folder.at('runinfo/000'), {
      ...KILLED,
      log: [
        { task: 1, app: 'a', msg: 'the task failed' },
        {
          task: 11,
          app: 'b',
          state: 'failed',
          attempt: 0,
          err: { type: 'Error', message: 'x' },
          msg: 'the task failed',
        },
        { task: 2, text: '"task":1,', msg: 'of another' },
      ],
    })
    const { stdout } = await logs(folder, '1')
    expect(stdout).toContain('task 1 (a) of run 000: unknown: ')
    expect(stdout).toMatch(/log\n {2}\S+ \S+ info the task failed\n$/)
    const { appendFile } = await import('node:fs/promises')
    await appendFile(folder.at('runinfo/000/parsl.log'), '{"level":40,"time":1,"task":1,"app":"a","state":"fai')
    expect((await logs(folder, '1')).stdout).toBe(stdout)
  })
})
