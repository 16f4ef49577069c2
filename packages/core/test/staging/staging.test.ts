import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { type Config, type DataFile, file, localStaging, output, sh } from '../../src/index.js'
import { errorOf, eventually, scratch, testKernel } from '../fixture.js'
import { fakeExecutor } from '../executor/fake.js'

type Staging = NonNullable<Config['staging']>[number]

/** Files `mem:/name` live in a Map; what happens to them is noted. */
const memStaging = (overrides: Partial<Staging> = {}) => {
  const stored = new Map<string, string>()
  const steps: string[] = []
  const pathOf = (target: DataFile, workingDir: string): string => join(workingDir, target.filename)
  const staging: Staging = {
    name: 'mem',
    claims: ({ scheme }) => scheme === 'mem',
    stageIn: (source, { workingDir }) => ({
      path: pathOf(source, workingDir),
      transfer: async () => {
        const text = stored.get(source.url)
        if (text === undefined) throw new Error(`nothing at ${source.url}`)
        await mkdir(workingDir, { recursive: true })
        await writeFile(pathOf(source, workingDir), text)
        steps.push(`in ${source.filename}`)
      },
    }),
    stageOut: (target, { workingDir }) => ({
      path: pathOf(target, workingDir),
      transfer: async () => {
        stored.set(target.url, await readFile(pathOf(target, workingDir), 'utf8'))
        steps.push(`out ${target.filename}`)
      },
    }),
    ...overrides,
  }
  return { staging, stored, steps }
}

const memKernel = async (overrides: Partial<Staging> = {}, config: Config = {}) => {
  const mem = memStaging(overrides)
  const kernel = await testKernel({ staging: [mem.staging, localStaging()], ...config })
  const upper = kernel.jsApp(
    async (from: DataFile, to: DataFile) => {
      mem.steps.push('body')
      await writeFile(to.path, (await readFile(from.path, 'utf8')).toUpperCase())
      return [from.path, to.path]
    },
    { name: 'upper' },
  )
  return { ...mem, kernel, upper, [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose]() }
}

describe('files at addresses of another scheme', () => {
  it('are brought before the body and back after it, in a folder of the task', async () => {
    await using test = await memKernel()
    test.stored.set('mem:/a.txt', 'text')
    const future = test.upper(file('mem:/a.txt'), output('mem:/b.txt'))
    const paths = await future
    await future.outputs[0]
    expect(test.steps).toEqual(['in a.txt', 'body', 'out b.txt'])
    expect(test.stored.get('mem:/b.txt')).toBe('TEXT')
    const folder = join(test.kernel.runDir, 'staging', '0')
    expect(paths).toEqual([join(folder, 'a.txt'), join(folder, 'b.txt')])
  })

  it('are staged once a task, however often they stand among its arguments', async () => {
    await using test = await memKernel()
    test.stored.set('mem:/a.txt', 'text')
    const source = file('mem:/a.txt')
    const same = test.kernel.jsApp((a: DataFile, { list }: { list: DataFile[] }) => list.every((item) => item === a))
    expect(await same(source, { list: [source, source] })).toBe(true)
    expect(test.steps).toEqual(['in a.txt'])
  })

  it('are there for a later app only when they were brought back', async () => {
    const gate = Promise.withResolvers<void>()
    await using test = await memKernel()
    const { stageOut } = test.staging
    const slow: Staging = {
      ...test.staging,
      stageOut: (target, site) => {
        const plan = stageOut(target, site)
        return { ...plan, transfer: async (call) => gate.promise.then(() => plan.transfer?.(call)) }
      },
    }
    await using kernel = await testKernel({ staging: [slow] })
    const write = kernel.jsApp((target: DataFile, text: string) => writeFile(target.path, text))
    const read = kernel.jsApp((source: DataFile) => readFile(source.path, 'utf8'))
    const writing = write(output('mem:/x'), 'made')
    const reading = read(writing.outputs[0])
    await writing
    expect([writing.state, reading.state, test.steps]).toEqual(['execDone', 'pending', []])
    gate.resolve()
    expect(await reading).toBe('made')
    expect(test.steps).toEqual(['out x', 'in x'])
  })

  it('give their address and no path outside a task', async () => {
    await using test = await memKernel()
    test.stored.set('mem:/a', '')
    const [made] = test.upper(file('mem:/a'), output('mem:/folder/b.txt')).outputs
    const done = await made
    expect([done.url, done.scheme, done.filename]).toEqual(['mem:/folder/b.txt', 'mem', 'b.txt'])
    expect(() => done.path).toThrow(expect.objectContaining({ code: 'PARSL_DATA_STAGING' }))
    const seen = test.kernel.jsApp(({ url, scheme, filename }: DataFile) => ({ url, scheme, filename }))
    expect(await seen(made)).toEqual({ url: done.url, scheme: 'mem', filename: 'b.txt' })
  })

  it('are brought to commands too, and take their streams', async () => {
    await using test = await memKernel()
    test.stored.set('mem:/words', 'b\na\n')
    const sort = test.kernel.bashApp((words: DataFile) => sh`sort ${words}`, { stdout: output('mem:/sorted') })
    const future = sort(file('mem:/words'))
    const place = future.stdout
    if (typeof place !== 'object') throw new Error('expected a DataFuture')
    expect((await place).url).toBe('mem:/sorted')
    expect(test.stored.get('mem:/sorted')).toBe('a\nb\n')
  })

  it('are brought again for a further try', async () => {
    await using test = await memKernel({}, { retries: 1 })
    test.stored.set('mem:/a', 'text')
    let tries = 0
    const flaky = test.kernel.jsApp(async (source: DataFile) => {
      const text = await readFile(source.path, 'utf8')
      if (tries++ === 0) throw new Error('again')
      return text
    })
    expect(await flaky(file('mem:/a'))).toBe('text')
    expect(test.steps).toEqual(['in a', 'in a'])
  })

  it('may be returned by one app and taken by another', async () => {
    await using test = await memKernel()
    test.stored.set('mem:/a', 'text')
    const find = test.kernel.jsApp(() => file('mem:/a'))
    const read = test.kernel.jsApp((source: DataFile) => readFile(source.path, 'utf8'))
    expect(await read(find())).toBe('text')
    const findAll = test.kernel.jsApp(() => [file('mem:/a'), file('mem:/a')])
    const readAll = test.kernel.jsApp((sources: DataFile[]) =>
      Promise.all(sources.map(({ path }) => readFile(path, 'utf8'))),
    )
    expect(await readAll(findAll())).toEqual(['text', 'text'])
  })

  it('are not brought back again for a remembered result', async () => {
    const memoizer: NonNullable<Config['memoizer']> = {
      name: 'one',
      start: async () => ({
        lookup: async () => ({ hit: { ok: true, value: 'remembered' } }),
        record: async () => {},
        close: async () => {},
      }),
    }
    await using test = await memKernel({}, { memoizer })
    const future = test.upper.with({ cache: true })(file('mem:/a'), output('mem:/b'))
    expect(await future).toBe('remembered')
    expect((await future.outputs[0]).url).toBe('mem:/b')
    expect(test.steps).toEqual([])
  })

  it('are on their way before close ends, if it waits', async () => {
    const stored: string[] = []
    const stageOut: Staging['stageOut'] = (target, { workingDir }) => ({
      path: join(workingDir, target.filename),
      transfer: async () => {
        for (let turn = 0; turn < 1_000; turn++) await nextTurn()
        stored.push(target.url)
      },
    })
    await using test = await memKernel({ stageOut })
    const write = test.kernel.jsApp((target: DataFile) => writeFile(target.path, ''))
    void write(output('mem:/late'))
    await test.kernel.close({ wait: true })
    expect(stored).toEqual(['mem:/late'])
  })

  it('on their way are called off where close does not wait, and their futures reject', async () => {
    const signals: AbortSignal[] = []
    const stageOut: Staging['stageOut'] = (target, { workingDir }) => ({
      path: join(workingDir, target.filename),
      transfer: ({ signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    await using test = await memKernel({ stageOut })
    const future = test.kernel.jsApp((target: DataFile) => writeFile(target.path, ''))(output('mem:/never'))
    const made = errorOf(future.outputs[0])
    await eventually(() => signals.length > 0)
    await test.kernel.close()
    expect(signals[0]?.aborted).toBe(true)
    expect(await made).toMatchObject({ code: 'PARSL_DATA_STAGING', details: { url: 'mem:/never' } })
    expect(await future).toBeUndefined()
  })

  it('on their way in are called off where the task is cancelled', async () => {
    const signals: AbortSignal[] = []
    const stageIn: Staging['stageIn'] = (source, { workingDir }) => ({
      path: join(workingDir, source.filename),
      transfer: ({ signal }) => {
        signals.push(signal)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
      },
    })
    await using test = await memKernel({ stageIn })
    const future = test.upper(file('mem:/a'), output('mem:/b'))
    await eventually(() => signals.length > 0)
    future.cancel()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
    expect(signals[0]?.aborted).toBe(true)
    expect(test.steps).toEqual([])
  })
})

describe('files that cannot be staged', () => {
  it('fail the task before its body where they cannot be brought', async () => {
    await using test = await memKernel()
    const error = await errorOf(test.upper(file('mem:/missing'), output('mem:/b')))
    expect(error).toMatchObject({
      name: 'StagingError',
      code: 'PARSL_DATA_STAGING',
      details: { url: 'mem:/missing' },
      cause: { message: 'nothing at mem:/missing' },
    })
    expect(error.message).toBe('cannot stage mem:/missing: nothing at mem:/missing')
    expect(test.steps).toEqual([])
  })

  it('fail their own future alone where they cannot be brought back', async () => {
    await using test = await memKernel()
    const write = test.kernel.jsApp(
      async (a: DataFile, b: DataFile) => {
        await Promise.all([writeFile(a.path, 'a'), mkdir(b.path)])
        return 'value'
      },
      { name: 'write' },
    )
    const future = write(output('mem:/a'), output.directory('mem:/b'))
    const [a, b] = future.outputs
    expect(await future).toBe('value')
    expect((await a).url).toBe('mem:/a')
    expect(await errorOf(b)).toMatchObject({
      code: 'PARSL_DATA_STAGING',
      details: { url: 'mem:/b' },
      cause: { code: 'EISDIR' },
    })
    const next = test.kernel.jsApp((source: DataFile) => source.url)(b)
    expect(await errorOf(next)).toMatchObject({
      code: 'PARSL_DATAFLOW_DEPENDENCY',
      cause: { code: 'PARSL_DATA_STAGING' },
      details: { failures: [{ what: 'b of task 0 (write)' }] },
    })
  })

  it('are told of at close where nobody awaited the future of a file that could not be brought back', async () => {
    const stageOut: Staging['stageOut'] = (target, { workingDir }) => ({
      path: join(workingDir, target.filename),
      transfer: async () => Promise.reject(new Error('no space')),
    })
    await using test = await memKernel({ stageOut })
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const future = test.kernel.jsApp((target: DataFile) => writeFile(target.path, ''), { name: 'write' })(
      output('mem:/a'),
    )
    await future
    const { unawaited } = await test.kernel.close({ wait: true })
    vi.restoreAllMocks()
    expect(unawaited).toEqual([
      { task: 'a of task 0 (write)', error: expect.objectContaining({ code: 'PARSL_DATA_STAGING' }) },
    ])
  })

  it.each(['stageIn', 'stageOut', 'claims'] as const)(
    'fail the task with a typed error where %s throws',
    async (method) => {
      await using test = await memKernel({
        [method]: () => {
          throw new Error('plug-in broke')
        },
      })
      const error = await errorOf(test.upper(file('mem:/a'), output('mem:/b')))
      expect(error).toMatchObject({ code: 'PARSL_DATA_STAGING', cause: { message: 'plug-in broke' } })
    },
  )

  it.each(['in', 'out'] as const)('are refused where no staging takes them: %s', async (direction) => {
    await using test = await memKernel({ claims: ({ scheme }, way) => scheme === 'mem' && way !== direction })
    test.stored.set('mem:/a', '')
    const error = await errorOf(test.upper(file('mem:/a'), output('mem:/b')))
    expect(error).toMatchObject({
      code: 'PARSL_DATA_STAGING',
      details: { url: direction === 'in' ? 'mem:/a' : 'mem:/b' },
    })
    expect(error.message).toContain(`no staging of this executor takes mem: files ${direction} (it has: mem, local)`)
  })

  it('are refused by the defaults, where they are not local', async () => {
    await using kernel = await testKernel()
    const error = await errorOf(kernel.jsApp((source: DataFile) => source.url)(file('https://example.com/a')))
    expect(error.message).toContain('no staging of this executor takes https: files in (it has: local)')
  })
})

describe('the staging of an executor', () => {
  it('stands instead of the kernels own', async () => {
    const mem = memStaging()
    const fake = fakeExecutor({ staging: [mem.staging] })
    await using folder = await scratch()
    await using kernel = await testKernel({ executors: [fake] })
    mem.stored.set('mem:/a', 'text')
    const future = kernel.jsApp((source: DataFile) => source.url)(file('mem:/a'))
    const held = await fake.next()
    expect(held.inputs.map(({ path }) => dirname(path))).toEqual([join(kernel.runDir, 'staging', '0')])
    expect(await readFile(held.inputs[0]?.path ?? '', 'utf8')).toBe('text')
    fake.context.report.succeeded(held, 1)
    await future
    const local = kernel.jsApp((source: DataFile) => source.url)(file(join(folder.path, 'x')))
    expect((await errorOf(local)).message).toContain('(it has: mem)')
  })

  it('is asked in order, and the first that claims a file has it', async () => {
    const asked: string[] = []
    const named = (name: string, claims: boolean): Staging => ({
      ...localStaging(),
      name,
      claims: () => {
        asked.push(name)
        return claims
      },
    })
    await using kernel = await testKernel({ staging: [named('a', false), named('b', true), named('c', true)] })
    await kernel.jsApp((source: DataFile) => source.path)(file(process.execPath))
    expect(asked).toEqual(['a', 'b'])
  })
})
