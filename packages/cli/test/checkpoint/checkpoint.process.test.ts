import { appendFile, writeFile } from 'node:fs/promises'
import { basicMemoizer, dataFlowKernel, inProcessExecutor } from '@parsl/core'
import { type Scratch, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { parsl } from '../parsl.js'

const QUIET = { executors: [inProcessExecutor()], log: false, progress: false, handleSignals: false } as const

/** Makes a run below the folder whose results are kept: calls of `align` with these threads, one after the other, then one of `count`. */
const remember = async (folder: Scratch, threads: readonly number[], version = 1): Promise<void> => {
  const memoizer = basicMemoizer({ checkpointMode: 'taskExit' })
  const kernel = await dataFlowKernel({ ...QUIET, runDir: folder.at('runinfo'), memoizer })
  const align = kernel.jsApp((reads: string, options: { threads: number }) => `${reads} ${options.threads}`, {
    name: 'align',
    cache: true,
    version,
  })
  for (const count of threads) await align('a.fq', { threads: count })
  await kernel.jsApp(() => 1, { name: 'count', cache: true })()
  await kernel.close()
}

const checkpoint = (folder: Scratch, ...args: readonly string[]) => parsl({ cwd: folder.path }, 'checkpoint', ...args)

/** Without times, sizes and the folder. */
const steady = (text: string, folder: Scratch): string =>
  text
    .replaceAll(folder.path, 'FOLDER')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/key [\da-f]{12}/g, 'key KEY')
    .replaceAll(/\d+ bytes/g, 'N bytes')

describe('parsl checkpoint ls', () => {
  it('lists the checkpoints of all runs, and the results in one', async () => {
    await using folder = await scratch()
    await remember(folder, [4, 8])
    await remember(folder, [16])
    const all = await checkpoint(folder, 'ls')
    expect(all.stderr).toBe('')
    expect(
      all.stdout.split('\n').map((line) => line.split(/ {2,}/).filter((_, column) => column !== 2 && column !== 3)),
    ).toEqual([['RUN', 'RESULTS', 'APPS'], ['000', '3', 'align, count'], ['001', '2', 'align, count'], ['']])
    expect(steady((await checkpoint(folder, 'ls', '0')).stdout, folder)).toBe(
      ['0 (align)', '1 (align)', '2 (count)'].map((task) => `task ${task} TIME N bytes, key KEY\n`).join(''),
    )
    expect((await checkpoint(folder, 'ls', '0', '--app', 'count')).stdout).toMatch(/^task 2 \(count\)[^\n]*\n$/)
  })

  it('gives the same as JSON', async () => {
    await using folder = await scratch()
    await remember(folder, [4])
    const [run] = JSON.parse((await checkpoint(folder, 'ls', '--json')).stdout) as object[]
    expect(run).toMatchObject({
      run: 0,
      dir: folder.at('runinfo/000/checkpoint'),
      entries: 2,
      apps: ['align', 'count'],
    })
    const lines = (await checkpoint(folder, 'ls', '0', '--json')).stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        app: 'align',
        taskId: 0,
        key: expect.stringMatching(/^[\da-f]{64}$/),
        parts: [{ label: 'argument 1' }, { label: 'argument 2 › threads' }],
      },
      { app: 'count', taskId: 1, parts: [] },
    ])
  })

  it('says so where there are none, or not of that run', async () => {
    await using folder = await scratch()
    expect(await checkpoint(folder, 'ls')).toMatchObject({ stdout: 'no checkpoints\n', code: 0 })
    expect(await checkpoint(folder, 'ls', '3')).toMatchObject({ stderr: 'parsl: run 003 has no checkpoint\n', code: 1 })
  })

  it('tells of damage, and lists the rest', async () => {
    await using folder = await scratch()
    await remember(folder, [4])
    await appendFile(folder.at('runinfo/000/checkpoint/tasks.ckpt'), 'torn')
    const { stdout, stderr, code } = await checkpoint(folder, 'ls', '0')
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(stderr).toMatch(/^parsl: \S*tasks\.ckpt/)
    expect(code).toBe(0)
    await writeFile(
      folder.at('runinfo/000/checkpoint/tasks.ckpt'),
      'something else entirely, and long enough to be read',
    )
    const bad = await checkpoint(folder, 'ls')
    expect(bad.stderr).toMatch(/^parsl: .*tasks\.ckpt/)
    expect(bad.code).toBe(1)
  })
})

describe('parsl checkpoint explain', () => {
  it('names the parts of the key in which a call differs from the earlier one most like it', async () => {
    await using folder = await scratch()
    await remember(folder, [4])
    await remember(folder, [8])
    expect(steady((await checkpoint(folder, 'explain', '0')).stdout, folder)).toBe(
      'task 0 of run 001 (align), remembered TIME\ndiffers from task 0 of run 000, remembered TIME, in\n  argument 2 › threads: then 4, now 8\n',
    )
  })

  it('names the function where that is what changed', async () => {
    await using folder = await scratch()
    await remember(folder, [4], 1)
    await remember(folder, [4], 2)
    const { stdout } = await checkpoint(folder, 'explain', '1:0')
    expect(steady(stdout, folder)).toMatch(/differs from task 0 of run 000, remembered TIME, in\n {2}function align\n$/)
  })

  it('compares two calls that are named, and gives the same as JSON', async () => {
    await using folder = await scratch()
    await remember(folder, [4, 8, 16])
    const { stdout } = await checkpoint(folder, 'explain', '0:2', '0:0')
    expect(stdout).toContain('  argument 2 › threads: then 4, now 16\n')
    const found = JSON.parse((await checkpoint(folder, 'explain', '2', '0', '--json')).stdout) as object
    expect(found).toMatchObject({
      run: 0,
      task: 2,
      app: 'align',
      nearest: { run: 0, task: 0 },
      differences: [{ part: 'argument 2 › threads', before: '4', now: '16' }],
    })
    expect(await checkpoint(folder, 'explain', '3', '0')).toMatchObject({
      stderr: 'parsl: task 3 of run 000 is of app count, and task 0 of run 000 of align: compare calls of one app\n',
      code: 1,
    })
  })

  it('says so where there is no earlier call, no such result, or a wrong name', async () => {
    await using folder = await scratch()
    expect(await checkpoint(folder, 'explain', '0')).toMatchObject({
      stderr: expect.stringMatching(/^parsl: there are no checkpoints/),
      code: 1,
    })
    await remember(folder, [4])
    expect((await checkpoint(folder, 'explain', '0')).stdout).toMatch(/\nno earlier call of align is remembered\n$/)
    await remember(folder, [4])
    const hit = await checkpoint(folder, 'explain', '1:0')
    expect(hit.stderr).toMatch(/^parsl: no result of task 0 of run 001 is remembered: .*its result was found again/)
    expect(hit.code).toBe(1)
    expect(await checkpoint(folder, 'explain', '1-2')).toMatchObject({
      stderr: expect.stringMatching(/Give the number of a task, or RUN:TASK\.\n$/),
      code: 2,
    })
  })
})

describe('parsl checkpoint prune', () => {
  it('drops what it is told to, and does nothing where it only asks', async () => {
    await using folder = await scratch()
    await remember(folder, [4, 8])
    const asked = await checkpoint(folder, 'prune', '--app', 'align', '--dry-run')
    expect(steady(asked.stdout, folder)).toBe(
      'FOLDER/runinfo/000/checkpoint/tasks.ckpt: rewritten, 1 kept, 2 dropped, N bytes freed\nwould leave 1 results; 2 dropped, N bytes freed\n',
    )
    expect((await checkpoint(folder, 'ls', '0')).stdout.trimEnd().split('\n')).toHaveLength(3)
    expect((await checkpoint(folder, 'prune', '--app', 'align')).stdout).toMatch(
      /\nleft 1 results; 2 dropped, \d+ bytes freed\n$/,
    )
    expect((await checkpoint(folder, 'ls', '0')).stdout).toMatch(/^task 2 \(count\)[^\n]*\n$/)
    expect(JSON.parse((await checkpoint(folder, 'prune', '--keep-runs', '0', '--json')).stdout)).toMatchObject({
      kept: 0,
      dropped: 1,
      files: [{ outcome: 'removed' }],
    })
  })

  it.each([
    [['--older-than', 'x'], 'Give a number of seconds'],
    [['--keep-runs', '-1'], 'Give a number.'],
    [['--dryrun'], '(Did you mean --dry-run?)'],
  ])('refuses %j', async (args, message) => {
    await using folder = await scratch()
    const { stderr, code } = await checkpoint(folder, 'prune', ...args)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
