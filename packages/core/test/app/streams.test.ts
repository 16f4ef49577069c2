import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { type Config, type DataFile, file, output, sh, type StdAutopath, type StreamOption } from '../../src/index.js'
import { errorOf, scratch, testKernel } from '../fixture.js'

const textOf = (path: unknown): Promise<string> => readFile(path as string, 'utf8')

const withBash = async (config: Config = {}) => {
  const kernel = await testKernel(config)
  const say = kernel.bashApp((word: string) => sh`echo ${word}; echo ${`${word} too`} >&2`, { name: 'say' })
  return { kernel, say, [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose]() }
}

describe('the streams of a bash app', () => {
  it('are files of the task below the run directory, unless something else is said', async () => {
    await using test = await withBash()
    const first = test.say('a')
    const second = test.say.with({ label: 'left side' })('b')
    await Promise.all([first, second])
    const folder = join(test.kernel.runDir, 'task_logs', '0000')
    expect(first.stdout).toBe(join(folder, 'task_0000_say.stdout'))
    expect(first.stderr).toBe(join(folder, 'task_0000_say.stderr'))
    expect(second.stdout).toBe(join(folder, 'task_0001_say_left_side.stdout'))
    expect(await textOf(first.stdout)).toBe('a\n')
    expect(await textOf(second.stderr)).toBe('b too\n')
  })

  it('are named for apps with any name', async () => {
    await using test = await withBash()
    const future = test.say.with({ name: '../../we/ird näme', label: '..' })('x')
    await future
    expect(dirname(future.stdout as string)).toBe(join(test.kernel.runDir, 'task_logs', '0000'))
    expect(await textOf(future.stdout)).toBe('x\n')
  })

  it('are appended to a path that was given, whose folder is made', async () => {
    await using folder = await scratch()
    await using test = await withBash()
    const path = join(folder.path, 'deep/er/log.txt')
    const log = test.say.with({ stdout: path })
    const future = log('one')
    expect(future.stdout).toBe(path)
    expect(await future).toMatchObject({ stdout: path })
    await log('two')
    expect(await textOf(path)).toBe('one\ntwo\n')
  })

  it('count relative paths from the working directory', async () => {
    await using folder = await scratch()
    await using test = await withBash()
    const path = relative(process.cwd(), join(folder.path, 'relative.txt'))
    const future = test.say.with({ stdout: path })('x')
    expect(future.stdout).toBe(resolve(path))
    await future
    expect(await textOf(join(folder.path, 'relative.txt'))).toBe('x\n')
  })

  it('are opened in the mode that was given', async () => {
    await using folder = await scratch()
    await using test = await withBash()
    const path = join(folder.path, 'log.txt')
    await writeFile(path, 'older\n')
    await test.say.with({ stdout: { path, mode: 'a' } })('a')
    expect(await textOf(path)).toBe('older\na\n')
    await test.say.with({ stdout: { path, mode: 'w' } })('w')
    expect(await textOf(path)).toBe('w\n')
    expect(await errorOf(test.say.with({ stdout: { path, mode: 'wx' } })('x'))).toMatchObject({
      name: 'BadStdStreamFile',
      code: 'PARSL_APP_STD_STREAM',
      details: { stream: 'stdout', path },
    })
  })

  it('may be one file for both', async () => {
    await using folder = await scratch()
    await using test = await withBash()
    const path = join(folder.path, 'both.txt')
    await test.say.with({ stdout: path, stderr: path })('x')
    expect(await textOf(path)).toBe('x\nx too\n')
  })

  it('may go nowhere', async () => {
    await using test = await withBash()
    const future = test.say.with({ stdout: 'ignore', stderr: 'ignore' })('x')
    expect(await future).toEqual({ exitCode: 0, stdout: undefined, stderr: undefined })
    expect([future.stdout, future.stderr]).toEqual([undefined, undefined])
    await expect(readdir(join(test.kernel.runDir, 'task_logs'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('may be those of the program', async () => {
    await using test = await withBash()
    const quiet = test.kernel.bashApp(() => 'true', { stdout: 'inherit', stderr: 'inherit' })
    const future = quiet()
    expect(await future).toEqual({ exitCode: 0, stdout: undefined, stderr: undefined })
    expect(future.stdout).toBeUndefined()
  })

  it('may be a promised file, which a later app takes', async () => {
    await using folder = await scratch()
    await using test = await withBash()
    const target = output(join(folder.path, 'out.txt'))
    await writeFile(join(folder.path, 'out.txt'), 'older')
    const future = test.say.with({ stdout: target })('x')
    expect(future.outputs).toEqual([])
    const place = future.stdout
    if (typeof place !== 'object') throw new Error('expected a DataFuture')
    expect(place.parent).toBe(future)
    const read = test.kernel.jsApp((text: { path: string }) => readFile(text.path, 'utf8'))
    expect(await read(place)).toBe('x\n')
    expect((await place).path).toBe(join(folder.path, 'out.txt'))
  })

  it('fail the task with a typed error where they cannot be opened', async () => {
    await using folder = await scratch()
    await using test = await withBash()
    await mkdir(join(folder.path, 'folder'))
    for (const stream of ['stdout', 'stderr'] as const) {
      const error = await errorOf(test.say.with({ [stream]: join(folder.path, 'folder') })('x'))
      expect(error).toMatchObject({ code: 'PARSL_APP_STD_STREAM', details: { stream }, cause: { code: 'EISDIR' } })
    }
  })

  it('of a further try are kept apart', async () => {
    await using test = await withBash()
    const flaky = test.kernel.bashApp(
      (marker: string) => sh`echo try; echo error >&2; if test -e ${marker}; then exit 0; fi; touch ${marker}; exit 1`,
      { retries: 1, name: 'flaky' },
    )
    const future = flaky(join(test.kernel.runDir, 'marker'))
    const { stdout, stderr } = await future
    expect(basename(stdout as string)).toBe('task_0000_flaky.try1.stdout')
    expect(basename(stderr as string)).toBe('task_0000_flaky.try1.stderr')
    for (const path of [future.stdout, stdout]) expect(await textOf(path)).toBe('try\n')
    for (const path of [future.stderr, stderr]) expect(await textOf(path)).toBe('error\n')
  })
})

describe('stdAutopath', () => {
  it('chooses where automatic streams go, in any form', async () => {
    await using folder = await scratch()
    const at = (name: string) => join(folder.path, name)
    const choices: Record<string, Exclude<StreamOption, 'auto'>> = {
      path: at('path'),
      mode: { path: at('mode'), mode: 'w' },
      promised: output(at('promised')),
      nowhere: 'ignore',
    }
    const stdAutopath = vi.fn<StdAutopath>(({ label }, stream) =>
      stream === 'stderr' ? 'ignore' : (choices[label ?? ''] as string),
    )
    await using test = await withBash({ stdAutopath })
    const places = await Promise.all(
      Object.keys(choices).map(async (label) => {
        const future = test.say.with({ label })('x')
        await future
        return typeof future.stdout === 'object' ? (await future.stdout).path : future.stdout
      }),
    )
    expect(places).toEqual([at('path'), at('mode'), at('promised'), undefined])
    expect(await textOf(at('promised'))).toBe('x\n')
    expect(stdAutopath).toHaveBeenCalledWith({ taskId: 0, app: 'say', label: 'path' }, 'stdout')
    expect(stdAutopath).toHaveBeenCalledTimes(8)
  })

  it('is not asked where a place was given', async () => {
    const stdAutopath = vi.fn<StdAutopath>(() => 'ignore')
    await using test = await withBash({ stdAutopath })
    await test.say.with({ stdout: 'ignore', stderr: 'ignore' })('x')
    await test.kernel.jsApp(() => 1)()
    expect(stdAutopath).not.toHaveBeenCalled()
  })

  it('rejects the future with what it throws', async () => {
    const thrown = new Error('no idea where')
    await using test = await withBash({
      stdAutopath: () => {
        throw thrown
      },
    })
    const future = test.say('x')
    expect(await errorOf(future)).toBe(thrown)
    expect(future.state).toBe('failed')
  })

  it.each([[42], [undefined], ['auto'], [{ path: 'x' }], ['']])(
    'rejects the future where it gives no place: %j',
    async (choice: unknown) => {
      await using test = await withBash({ stdAutopath: () => choice as never })
      expect(await errorOf(test.say('x'))).toMatchObject({ code: 'PARSL_CONFIG' })
    },
  )
})

describe('the streams of a JavaScript body', () => {
  it('are refused by an executor that cannot capture them', async () => {
    await using test = await withBash()
    const print = test.kernel.jsApp(() => 1, { stdout: 'auto' })
    expect(await errorOf(print())).toMatchObject({
      name: 'UnsupportedFeatureError',
      code: 'PARSL_EXECUTOR_UNSUPPORTED',
      details: { executor: 'inProcess' },
    })
  })

  it('may be inherited anywhere', async () => {
    await using test = await withBash()
    expect(await test.kernel.jsApp(() => 1, { stdout: 'inherit', stderr: 'inherit' })()).toBe(1)
  })
})

it('takes the files of the arguments apart from those of the streams', async () => {
  await using folder = await scratch()
  await using test = await withBash()
  const shared = output(join(folder.path, 'shared.txt'))
  const write = test.kernel.bashApp((target: DataFile) => sh`echo ${target.path}`)
  const future = write.with({ stdout: shared })(shared)
  expect(future.outputs).toHaveLength(1)
  expect(future.outputs[0]).toBe(future.stdout)
  await future
  expect(await textOf(join(folder.path, 'shared.txt'))).toBe(`${file(join(folder.path, 'shared.txt')).path}\n`)
})
