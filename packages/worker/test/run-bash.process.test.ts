import { chmod, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { file, output } from '@parsl/data'
import type { TaskTry } from '@parsl/interfaces'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sh } from '../src/shell-command.ts'
import { task } from '../src/task-context.ts'
import { isRunning } from './lifeline.ts'
import { endOf, fakePlace, tryOf } from './place.ts'
import { scratch } from '@parsl/testing'

/** A try of a bash app that returns this. */
const bash = (returned: unknown, { spec = {}, ...rest }: Parameters<typeof tryOf>[1] = {}): TaskTry =>
  tryOf(() => returned, { ...rest, spec: { kind: 'bash', ...spec } })

const good = { is: 'succeeded', value: { exitCode: 0, stdout: undefined, stderr: undefined } }
const exited = (exitCode: number | null, signal: string | null = null) => ({
  is: 'failed',
  kind: 'body',
  error: { code: 'PARSL_APP_BASH_EXIT', details: { app: 'align', exitCode, signal } },
})

afterEach(() => vi.unstubAllEnvs())

describe('a command that ends well', () => {
  it('is told with the paths of its streams', async () => {
    await using place = await scratch()
    const stdout = { path: place.at('logs/out'), mode: 'a' }
    const stderr = { path: place.at('logs/err'), mode: 'w' }
    expect(await endOf(bash(sh`echo out; echo err >&2`, { stdout, stderr }))).toEqual({
      is: 'succeeded',
      value: { exitCode: 0, stdout: stdout.path, stderr: stderr.path },
    })
    expect([await readFile(stdout.path, 'utf8'), await readFile(stderr.path, 'utf8')]).toEqual(['out\n', 'err\n'])
  })

  it.each(['ignore', 'inherit'] as const)('has no paths for streams that are %s', async (target) => {
    expect(await endOf(bash(sh`true`, { stdout: target, stderr: target }))).toEqual(good)
  })

  it('may write both streams into one file', async () => {
    await using place = await scratch()
    const both = { path: place.at('both'), mode: 'a' }
    await endOf(bash(sh`echo one; echo two >&2; echo three`, { stdout: both, stderr: both }))
    expect(await readFile(both.path, 'utf8')).toBe('one\ntwo\nthree\n')
  })

  it('may be given by a promise, and by a body that uses its task', async () => {
    await using place = await scratch()
    const body = async (path: string) => {
      await Promise.resolve()
      return sh`echo ${task().id} > ${path}`
    }
    expect(await endOf(tryOf(body, { args: [place.at('a')], spec: { kind: 'bash' } }))).toEqual(good)
    expect(await readFile(place.at('a'), 'utf8')).toBe('7\n')
  })

  it('reads nothing from standard input', async () => {
    expect(await endOf(bash(sh`cat | wc -c | grep -qx '0'`))).toEqual(good)
  })

  it('may be a plain text', async () => {
    expect(await endOf(bash('true'))).toEqual(good)
  })
})

describe('a command that fails', () => {
  it('is told with its exit code, its text and the end of its standard error', async () => {
    await using place = await scratch()
    const stderr = { path: place.at('err'), mode: 'a' }
    const end = await endOf(bash(sh`echo ${'no such file'} >&2; exit 1`, { stderr }))
    expect(end).toMatchObject({
      is: 'failed',
      kind: 'body',
      error: {
        name: 'BashExitFailure',
        details: {
          app: 'align',
          exitCode: 1,
          signal: null,
          command: "echo 'no such file' >&2; exit 1",
          stdout: undefined,
          stderr: stderr.path,
          stderrTail: 'no such file\n',
        },
      },
    })
  })

  it('has the code 126 where it may not be executed', async () => {
    await using place = await scratch()
    await writeFile(place.at('tool'), 'exit 0\n')
    await chmod(place.at('tool'), 0o644)
    expect(await endOf(bash(sh`${place.at('tool')}`))).toMatchObject(exited(126))
  })

  it('has the code 127 where it is not found', async () => {
    expect(await endOf(bash(sh`parsl-no-such-tool`))).toMatchObject(exited(127))
  })

  it('has the code of the shell where its child was ended by a signal', async () => {
    expect(await endOf(bash(sh`(kill -KILL $BASHPID); exit $?`))).toMatchObject(exited(137))
  })

  it('has no code where it was ended by a signal itself', async () => {
    expect(await endOf(bash(sh`kill -KILL $$`))).toMatchObject(exited(null, 'SIGKILL'))
  })

  it('fails where it is no shell text', async () => {
    expect(await endOf(bash(sh`if then`))).toMatchObject(exited(2))
  })

  it('fails in the midst of a pipe, where sh made it', async () => {
    expect(await endOf(bash(sh`false | true`))).toMatchObject(exited(1))
    expect(await endOf(bash(sh.raw('false | true')))).toMatchObject(exited(1))
    expect(await endOf(bash('false | true'))).toEqual(good)
  })

  it.each(['--version', '-c true', '+e'])('is no option of bash: %s', async (text) => {
    expect(await endOf(bash(text))).toMatchObject(exited(127))
  })

  it('cannot start where there is no bash', async () => {
    expect(await endOf(bash(sh`true`, { spec: { env: { PATH: '/nowhere' } } }))).toMatchObject({
      is: 'failed',
      error: { code: 'PARSL_APP', message: 'app align: cannot start bash: spawn bash ENOENT' },
    })
  })
})

describe('a long command', () => {
  const long = 'x'.repeat(200_000)

  it('runs though it is longer than an argument may be', async () => {
    await using place = await scratch()
    vi.stubEnv('TMPDIR', place.at(''))
    expect(await endOf(bash(sh`test $(printf %s ${long} | wc -c) = 200000`))).toEqual(good)
    expect(await endOf(bash(sh`: ${long}; false | true`))).toMatchObject(exited(1))
    expect(await endOf(bash(`: ${long}; false | true`))).toEqual(good)
    expect(await readdir(place.path)).toEqual([])
  })

  it('is kept where no one else reads it, and removed by the guardian should the program die', async () => {
    await using folder = await scratch()
    vi.stubEnv('TMPDIR', folder.at(''))
    const place = fakePlace()
    const end = await endOf(
      bash(sh`: ${long}; stat -c '%a' $0 > ${folder.at('mode')}; echo $0 >> ${folder.at('mode')}`),
      place,
    )
    expect(end).toEqual(good)
    const [mode, script = ''] = (await readFile(folder.at('mode'), 'utf8')).split('\n')
    expect(mode).toBe('600')
    const [kept = ''] = place.guarded
    expect(script.startsWith(`${kept.replace('path ', '')}/`)).toBe(true)
    expect(place.guarded.at(-1)).toBe(`release ${kept}`)
    await expect(stat(script)).rejects.toThrow('ENOENT')
  })

  it('counts in bytes', async () => {
    expect(await endOf(bash(sh`: ${'€'.repeat(60_000)}`))).toEqual(good)
  })
})

describe('what is no command', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [42, 'number'],
    [{ text: 'true' }, 'object'],
    [['true'], 'object'],
    [() => 'true', 'function'],
  ])('fails: %o', async (returned, named) => {
    for (const value of [returned, Promise.resolve(returned)]) {
      expect(await endOf(bash(value))).toMatchObject({
        is: 'failed',
        kind: 'body',
        error: { code: 'PARSL_APP_BASH_NO_RETURN', details: { app: 'align', returned: named } },
      })
    }
  })

  it('fails with what the body throws', async () => {
    const error = new Error('mine')
    const body = () => {
      throw error
    }
    expect(await endOf(tryOf(body, { spec: { kind: 'bash' } }))).toEqual({ is: 'failed', error, kind: 'body' })
  })
})

describe('a stream that cannot be opened', () => {
  it.each(['stdout', 'stderr'] as const)('fails the task before its command runs: %s', async (stream) => {
    await using place = await scratch()
    await writeFile(place.at('file'), '')
    const target = { path: place.at('file/out'), mode: 'a' }
    expect(await endOf(bash(sh`touch ${place.at('ran')}`, { [stream]: target }))).toMatchObject({
      is: 'failed',
      kind: 'body',
      error: { code: 'PARSL_APP_STD_STREAM', details: { stream, path: target.path } },
    })
    expect(await readdir(place.path)).toEqual(['file'])
  })

  it.each(['err', 'file/err', 'out'])('leaves no file open, nor do those that can: %s', async (name) => {
    await using place = await scratch()
    await writeFile(place.at('file'), '')
    const stdout = { path: place.at('out'), mode: 'a' }
    await endOf(bash(sh`true`, { stdout, stderr: { path: place.at(name), mode: 'a' } }))
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    expect(links.filter((path) => path.startsWith(place.path))).toEqual([])
  })
})

describe('files of a bash app', () => {
  it('that are missing keep the command from running', async () => {
    await using place = await scratch()
    const attempt = bash(sh`touch ${place.at('ran')}`, { inputs: [file(place.at('in'))] })
    expect(await endOf(attempt)).toMatchObject({ is: 'failed', error: { code: 'PARSL_DATA_MISSING_INPUTS' } })
    expect(await readdir(place.path)).toEqual([])
  })

  it('that it promised are asked for, and their folders made', async () => {
    await using place = await scratch()
    const made = output(place.at('deep/a b.txt'))
    const missing = output(place.at('deep/c.txt'))
    expect(await endOf(bash(sh`touch ${made.file}`, { outputs: [made] }))).toEqual(good)
    expect(await endOf(bash(sh`touch ${made.file}`, { outputs: [made, missing] }))).toMatchObject({
      is: 'failed',
      kind: 'body',
      error: { code: 'PARSL_APP_MISSING_OUTPUTS', details: { outputs: [missing.file.path] } },
    })
  })

  it('that it promised are not asked for where the command fails', async () => {
    await using place = await scratch()
    expect(await endOf(bash(sh`exit 3`, { outputs: [output(place.at('a'))] }))).toMatchObject(exited(3))
  })
})

describe('the environment of a command', () => {
  it('has the app, the task and the mark of the run beside what is there anyway', async () => {
    await using place = await scratch()
    vi.stubEnv('PARSL_TEST_OUTER', 'outer')
    vi.stubEnv('PARSL_TEST_BOTH', 'outer')
    const env = { PARSL_TEST_BOTH: 'own', PARSL_TEST_OWN: "it's\n", PARSL_TEST_MARK: 'forged' }
    const names = ['PARSL_TEST_OUTER', 'PARSL_TEST_BOTH', 'PARSL_TEST_OWN', 'PARSL_TASK_ID', 'PARSL_TEST_MARK']
    const print = sh`for name in ${names}; do printf '%s\0' "\${!name}"; done > ${place.at('env')}`
    expect(await endOf(bash(print, { spec: { env } }))).toEqual(good)
    expect((await readFile(place.at('env'), 'utf8')).split('\0').slice(0, -1)).toEqual([
      'outer',
      'own',
      "it's\n",
      '7',
      'run-1',
    ])
  })
})

describe('the guardian', () => {
  it('hears of the process group, and of its end', async () => {
    await using folder = await scratch()
    const place = fakePlace()
    expect(await endOf(bash(sh`echo $$ > ${folder.at('pid')}`), place)).toEqual(good)
    const pid = (await readFile(folder.at('pid'), 'utf8')).trim()
    expect(place.guarded).toEqual([`group ${pid}`, `release group ${pid}`])
    expect(await isRunning(pid)).toBe(false)
  })

  it('hears of the end of a command that failed', async () => {
    const place = fakePlace()
    await endOf(bash(sh`exit 1`), place)
    const [group] = place.guarded
    expect(place.guarded).toEqual([group, `release ${group}`])
  })
})
