import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { scratch } from '@parsl/testing'
import { listRuns } from '@parsl/core/runs'
import { describe, expect, it } from 'vitest'
import { parsl, programAt } from '../parsl.js'

const PACKAGES = join(import.meta.dirname, '../../..')

describe('parsl perf', () => {
  it('prints submission rate, runtime and tasks a second of each batch', async () => {
    await using folder = await scratch()
    const { stdout, stderr, code } = await parsl({ cwd: folder.path }, 'perf', '--iterate', '3,50', '--time', '2m')
    expect(stderr).toBe('')
    expect(stdout.replaceAll(/\d+\.\d{3} s/g, 'N s').replaceAll(/\d+ tasks\/second/g, 'N tasks/second')).toBe(
      [3, 50]
        .map(
          (tasks, index) =>
            `batch ${index + 1}: ${tasks} tasks\n  submission: N s, N tasks/second\n  runtime:    N s of 120 s\n  throughput: N tasks/second\n`,
        )
        .join(''),
    )
    expect(code).toBe(0)
    const [run] = await listRuns(folder.at('runinfo'))
    expect(run).toMatchObject({
      state: 'ended',
      record: { executors: ['processes'], end: { counts: { execDone: 53 } } },
    })
  })

  it('prints one JSON object a batch on request', async () => {
    await using folder = await scratch()
    const { stdout } = await parsl({ cwd: folder.path }, 'perf', '--json', '--iterate', '4,5', '--argsize', '10kB')
    const batches = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>)
    expect(batches.map(({ batch, tasks, targetSeconds }) => [batch, tasks, targetSeconds])).toEqual([
      [1, 4, 120],
      [2, 5, 120],
    ])
    for (const { tasks = 0, seconds = 0, perSecond, submitSeconds = 0, submitPerSecond } of batches) {
      expect(perSecond).toBeCloseTo(tasks / seconds)
      expect(submitPerSecond).toBeCloseTo(tasks / submitSeconds)
      expect(submitSeconds).toBeLessThanOrEqual(seconds)
    }
  })

  it('estimates the size of the batch that takes the target time', async () => {
    await using folder = await scratch()
    const { stdout, code } = await parsl({ cwd: folder.path }, 'perf', '--json', '--time', '200ms')
    expect(code).toBe(0)
    const batches = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>)
    expect(batches[0]?.['tasks']).toBe(10)
    expect(batches.length).toBeGreaterThan(1)
    expect(batches.at(-1)?.['seconds']).toBeGreaterThanOrEqual(0.15)
  })

  it.each([
    ['config.ts', 'config', 'mine'],
    ['fresh-config.ts', 'freshConfig()', 'fresh'],
  ])('measures the configuration that %s exports as %s', async (file, _, label) => {
    await using folder = await scratch()
    const { stderr, code } = await parsl({ cwd: folder.path }, 'perf', '--iterate', '2', '--config', programAt(file))
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect((await listRuns(folder.at('runinfo')))[0]?.record?.executors).toEqual([label])
  })

  it('asks for resources for each task, and says once that they are refused', async () => {
    await using folder = await scratch()
    const fine = await parsl({ cwd: folder.path }, 'perf', '--iterate', '2', '--resources', '{"memory":"200MiB"}')
    expect(fine.code).toBe(0)
    const { stderr, code } = await parsl({ cwd: folder.path }, 'perf', '--resources', '{"gpus":1}')
    expect(stderr).toBe('parsl: executor processes cannot take resources gpus: it understands memory\n')
    expect(code).toBe(1)
  })

  it('works where it is installed, whatever else is', async () => {
    await using folder = await scratch()
    const installed = folder.at('node_modules/@parsl/cli')
    await mkdir(installed, { recursive: true })
    for (const name of ['dist', 'package.json'])
      await cp(join(PACKAGES, 'cli', name), join(installed, name), { recursive: true })
    for (const name of ['core', 'interfaces'])
      await symlink(join(PACKAGES, name), folder.at(`node_modules/@parsl/${name}`))
    await symlink(join(PACKAGES, 'cli/node_modules/commander'), folder.at('node_modules/commander'))
    const place = { cwd: folder.path, main: join(installed, 'dist/main.js') }
    const { stderr, code } = await parsl(place, 'perf', '--iterate', '2')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  })

  it.each([
    [['--iterate', 'estimte'], 'did you mean "estimate"?'],
    [['--iterate', '1,x'], "give 'estimate', 'exponential', or numbers of tasks such as 10,100,1000"],
    [['--time', 'soon'], "Give a number of seconds, '90s'"],
    [['--time', '0'], "Give a number of seconds, '90s'"],
    [['--argsize', '-1'], 'Give '],
    [['--resources', '{cores:1}'], 'Give an object as JSON'],
    [['--resources', '[1]'], 'Give an object as JSON'],
    [['--config', 'none.ts'], 'the configuration none.ts is not there'],
    [['--config', '.'], 'the configuration . is no file'],
    [['--confg', 'x.ts'], '(Did you mean --config?)'],
    [['extra'], 'too many arguments'],
  ])('refuses %j before it starts anything', async (args, message) => {
    await using folder = await scratch()
    const { stdout, stderr, code } = await parsl({ cwd: folder.path }, 'perf', ...args)
    expect(stderr).toMatch(/^parsl: /)
    expect(stderr).toContain(message)
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  })

  it('shows what is wrong inside a configuration file', async () => {
    await using folder = await scratch()
    const path = programAt('broken-config.ts')
    const { stderr, code } = await parsl({ cwd: folder.path }, 'perf', '--config', path)
    expect(stderr).toContain(
      `parsl: the configuration file ${path} cannot be loaded: no such cluster\n  Error: no such cluster\n`,
    )
    expect(stderr).toMatch(/broken-config\.ts:2/)
    expect(code).toBe(1)
  })
})
