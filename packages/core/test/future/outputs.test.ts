import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type DataFile, file, isDataFile, output } from '../../src/index.js'
import { errorOf, scratch, testKernel } from '../fixture.js'

const withFolder = async () => {
  const folder = await scratch()
  const kernel = await testKernel()
  const write = kernel.jsApp((target: DataFile, text: string) => writeFile(target.path, text), { name: 'write' })
  const read = kernel.jsApp((source: DataFile) => readFile(source.path, 'utf8'), { name: 'read' })
  return {
    kernel,
    write,
    read,
    at: (name: string) => join(folder.path, name),
    [Symbol.asyncDispose]: async () => {
      await kernel[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('promised files', () => {
  it('become futures in outputs, in order of appearance at any depth', async () => {
    await using test = await withFolder()
    const { kernel, at } = test
    const make = kernel.jsApp(async (...args: unknown[]) => {
      const files = [
        args[0],
        ...(args[1] as unknown[]),
        (args[2] as { deep: unknown }).deep,
        (args[3] as Map<string, unknown>).get('k'),
      ]
      await Promise.all(files.map((target) => writeFile((target as DataFile).path, '')))
    })
    const future = make(
      output(at('a')),
      [output(at('b')), output(at('c'))],
      { deep: output(at('d')) },
      new Map([['k', output(at('e'))]]),
    )
    expect(future.outputs.map(({ filename }) => filename)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect((await Promise.all(future.outputs)).every(isDataFile)).toBe(true)
  })

  it('are there, as the file, once their future has settled', async () => {
    await using test = await withFolder()
    const path = test.at('new/folder/out.txt')
    const future = test.write(output(path), 'text')
    const [out] = future.outputs
    expect([out.url, out.filename, out.taskId, out.file.path]).toEqual([
      pathToFileURL(path).href,
      'out.txt',
      future.taskId,
      path,
    ])
    expect(out.parent).toBe(future)
    expect(Object.prototype.toString.call(out)).toBe('[object DataFuture]')
    expect(Symbol.for('parsl.future') in out).toBe(true)
    expect((await out).path).toBe(path)
    expect(await readFile(path, 'utf8')).toBe('text')
  })

  it('are inputs of later apps, which wait for them', async () => {
    await using test = await withFolder()
    const [out] = test.write(output(test.at('a.txt')), 'first').outputs
    const read = test.read(out)
    expect(read.state).toBe('pending')
    expect(await read).toBe('first')
    expect(await test.read(out)).toBe('first')
  })

  it('may be given as files that the body returns', async () => {
    await using test = await withFolder()
    await writeFile(test.at('x.txt'), 'x')
    const find = test.kernel.jsApp(() => file(test.at('x.txt')))
    expect(await test.read(find())).toBe('x')
    expect(await test.read(Promise.resolve(file(test.at('x.txt'))))).toBe('x')
  })

  it('are counted once where one stands twice', async () => {
    await using test = await withFolder()
    const target = output(test.at('twice'))
    const same = test.kernel.jsApp(async (a: DataFile, b: { deep: DataFile }) => {
      await writeFile(a.path, '')
      return a === b.deep
    })
    const future = same(target, { deep: target })
    expect(future.outputs).toHaveLength(1)
    expect(await future).toBe(true)
  })

  it('may be folders', async () => {
    await using test = await withFolder()
    const make = test.kernel.jsApp((target: DataFile) => mkdir(target.path))
    const [folder] = make(output.directory(test.at('folder'))).outputs
    expect((await folder).path).toBe(test.at('folder'))
    expect(await errorOf(test.write(output.directory(test.at('file')), 'no folder'))).toMatchObject({
      code: 'PARSL_APP_MISSING_OUTPUTS',
    })
  })

  it('may be known by a pattern, and are then a list in order of name', async () => {
    await using test = await withFolder()
    await mkdir(test.at('parts'))
    const split = test.kernel.jsApp(async (pattern: DataFile, count: number) => {
      for (let n = count; n > 0; n--) await writeFile(pattern.path.replace('*', String(n)), `${n}`)
    })
    const [parts] = split(output.glob(test.at('parts/*.csv')), 3).outputs
    expect((await parts).map(({ filename }) => filename)).toEqual(['1.csv', '2.csv', '3.csv'])
    const concat = test.kernel.jsApp(async (files: readonly DataFile[]) =>
      (await Promise.all(files.map(({ path }) => readFile(path, 'utf8')))).join(''),
    )
    expect(await concat(parts)).toBe('123')
    expect(await errorOf(split(output.glob(test.at('parts/*.none')), 0))).toMatchObject({
      code: 'PARSL_APP_MISSING_OUTPUTS',
      details: { outputs: [test.at('parts/*.none')] },
    })
  })

  it('fail with their task', async () => {
    await using test = await withFolder()
    const fail = test.kernel.jsApp(
      (_target: DataFile): void => {
        throw new Error('root')
      },
      { name: 'fail' },
    )
    const future = fail(output(test.at('never')))
    const error = await errorOf(future.outputs[0])
    expect(error.message).toBe('root')
    expect(await errorOf(future)).toBe(error)
    expect(await errorOf(test.read(future.outputs[0]))).toMatchObject({
      code: 'PARSL_DATAFLOW_DEPENDENCY',
      cause: { message: 'root' },
      details: { failures: [{ what: 'never of task 0 (fail)' }] },
    })
  })

  it('resolve relative names by the working directory of the call', async () => {
    await using test = await withFolder()
    const future = test.kernel.jsApp((_target: DataFile) => new Promise<void>(() => {}))(output('relative.txt'))
    expect(future.outputs[0].file.path).toBe(join(process.cwd(), 'relative.txt'))
    future.cancel()
    await future.settled()
  })
})

describe('files as arguments', () => {
  it('arrive with a path, wherever in the arguments they stand', async () => {
    await using test = await withFolder()
    await writeFile(test.at('a.txt'), 'a')
    const given = file(pathToFileURL(test.at('a.txt')))
    const readAll = test.kernel.jsApp(({ list }: { list: readonly DataFile[] }) =>
      Promise.all(list.map(({ path }) => readFile(path, 'utf8'))),
    )
    expect(await readAll({ list: [given, given] })).toEqual(['a', 'a'])
    expect(await test.read(given)).toBe('a')
    expect(String(given)).toBe(test.at('a.txt'))
  })

  it('may be folders', async () => {
    await using test = await withFolder()
    await mkdir(test.at('folder'))
    expect(await test.kernel.jsApp((folder: DataFile) => folder.filename)(file(test.at('folder')))).toBe('folder')
  })

  it('that are missing fail the task before its body, naming each once', async () => {
    await using test = await withFolder()
    const [a, b] = [file(test.at('a')), file(test.at('b'))]
    let ran = false
    const look = test.kernel.jsApp((..._files: DataFile[]) => (ran = true), { name: 'look' })
    const error = await errorOf(look(a, b, a))
    expect(error).toMatchObject({
      code: 'PARSL_DATA_MISSING_INPUTS',
      details: { app: 'look', inputs: [a.path, b.path] },
    })
    expect(error.message).toBe(`app look needs ${a.path}, ${b.path}, which are not there`)
    expect(ran).toBe(false)
  })

  it('are waited for only as futures, never by their names', async () => {
    await using test = await withFolder()
    const gate = Promise.withResolvers<void>()
    const write = test.kernel.jsApp(async (target: DataFile) => {
      await gate.promise
      await writeFile(target.path, '')
    })
    const writing = write(output(test.at('late')))
    expect(await errorOf(test.read(file(test.at('late'))))).toMatchObject({ code: 'PARSL_DATA_MISSING_INPUTS' })
    gate.resolve()
    await writing
  })
})
