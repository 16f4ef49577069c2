import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { parsl, startParsl } from './parsl.js'
import { writeRun } from './run-dirs.js'

const COMMANDS = ['run', 'runs', 'logs', 'perf', 'checkpoint']
const BELOW = ['ls', 'explain', 'prune'].map((name) => [['checkpoint', name, '--help']])

describe('parsl', () => {
  it.each([[['--help']], ...COMMANDS.map((name) => [[name, '--help']]), ...BELOW])('tells of %j', async (args) => {
    await using folder = await scratch()
    const { stdout, stderr, code } = await parsl({ cwd: folder.path }, ...args)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toMatchSnapshot()
  })

  it('tells its version', async () => {
    await using folder = await scratch()
    for (const args of [['--version'], ['perf', '--version']])
      expect(await parsl({ cwd: folder.path }, ...args)).toMatchObject({
        stdout: expect.stringMatching(/\d+\.\d+\.\d+\n$/),
        code: 0,
      })
  })

  it.each([
    [['rnus'], "unknown command 'rnus'\n(Did you mean runs?)"],
    [['--vrsion'], "unknown option '--vrsion'\n(Did you mean --version?)"],
    [['runs', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['logs'], "missing required argument 'task'"],
    [['logs', 'x'], "command-argument value 'x' is invalid for argument 'task'. Give a number."],
    [['logs', '1', '--run', '-1'], "option '--run <number>' argument '-1' is invalid. Give a number."],
  ])('refuses %j with the exit code 2', async (args, message) => {
    await using folder = await scratch()
    const ended = await parsl({ cwd: folder.path }, ...args)
    expect(ended).toEqual({ stdout: '', stderr: `parsl: ${message}\n`, code: 2, signal: null })
  })

  it('shows what it can do where it is asked for nothing', async () => {
    await using folder = await scratch()
    const { stdout, stderr, code } = await parsl({ cwd: folder.path })
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toContain('Usage: parsl')
  })

  it.each([
    [['runs'], 'there is no such folder. Name the folder of your runs with --run-dir'],
    [['logs', '0'], 'there is no such folder. Name the folder of your runs with --run-dir'],
  ])('fails %j with the exit code 1 where there are no runs', async (args, message) => {
    await using folder = await scratch()
    const { stderr, code } = await parsl({ cwd: folder.path }, ...args)
    expect(stderr).toBe(`parsl: no runs in ${folder.at('runinfo')}: ${message}\n`)
    expect(code).toBe(1)
  })

  it('colours nothing in a pipe, and nothing with NO_COLOR', async () => {
    await using folder = await scratch()
    await writeRun(folder.at('runinfo/000'), {})
    const output = async (env: Readonly<Record<string, string>>) =>
      (await parsl({ cwd: folder.path, env }, 'runs')).stdout
    const plain = await output({})
    expect(plain).not.toContain('\u001B')
    expect(await output({ NO_COLOR: '1' })).toBe(plain)
    expect(await output({ FORCE_COLOR: '1' })).toContain('\u001B[1m')
  })

  it('ends without a word when nobody reads on', async () => {
    await using folder = await scratch()
    for (let number = 0; number < 3_000; number++) await mkdir(folder.at(`runinfo/${number}`), { recursive: true })
    const child = startParsl({ cwd: folder.path }, 'runs', '--json')
    let complaints = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (complaints += text))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect({ complaints, code, signal }).toEqual({ complaints: '', code: 0, signal: null })
  })
})
