import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DataFile, type DataFlowKernel, explain, file, share } from '../../src/index.js'
import { logSpy } from '../fixture.js'
import { note, runsFolder } from './fixture.js'

class Reference {
  readonly file: DataFile
  constructor(of: DataFile) {
    this.file = of
  }
}

class Side {
  readonly length: number
  constructor(length: number) {
    this.length = length
  }
}

describe('what changes after a call', () => {
  it('is no part of a remembered result: each who takes it gets a copy', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const app = kernel.jsApp((n: number) => [n], { cache: true })
    const [first, second] = await Promise.all([app(1), app(1)])
    first.push(2)
    second.push(3)
    expect(await app(1)).toEqual([1])
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 1, memoDone: 2 })
  })

  it('is the very same for all where it has no form in bytes', async () => {
    await using runs = await runsFolder()
    const app = (await runs.run()).jsApp((n: number) => ({ n, weak: new WeakMap() }), { cache: true })
    expect(await app(1)).toBe(await app(1))
  })

  it('among arguments is not remembered as what they were, where bodies get the very objects', async () => {
    await using runs = await runsFolder()
    const log = logSpy()
    const kernel = await runs.run({}, { log })
    const app = kernel.jsApp(async ({ n }: { readonly n: number }) => n, { cache: true })
    const given = { n: 0 }
    const futures = [0, 1, 2].map((n) => {
      given.n = n
      return app(given)
    })
    await Promise.all(futures)
    expect(await Promise.all([0, 1].map((n) => app({ n })))).toEqual([0, 1])
    expect(log.warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('changed while it ran'))
  })

  it('while its files are looked at makes it another call', async () => {
    await using runs = await runsFolder()
    const path = join(runs.path, 'data')
    await writeFile(path, 'data')
    const kernel = await runs.run()
    const app = kernel.jsApp((_: DataFile, { n }: { readonly n: number }) => n, { cache: true })
    const given = { n: 1 }
    const future = app(file(path), given)
    given.n = 2
    expect(await future).toBe(2)
    expect(await app(file(path), { n: 1 })).toBe(1)
    expect(await app(file(path), { n: 2 })).toBe(2)
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 2, memoDone: 1 })
  })

  it('of what a body on the program itself holds counts', async () => {
    await using runs = await runsFolder()
    const scale = { by: 2 }
    const app = (await runs.run()).jsApp((n: number) => n * scale.by, { cache: true })
    expect(await app(1)).toBe(2)
    scale.by = 3
    expect(await app(1)).toBe(3)
  })
})

describe('a file', () => {
  const reading = async () => {
    const runs = await runsFolder()
    const path = join(runs.path, 'reference.txt')
    await writeFile(path, 'one')
    return { runs, path, kernel: await runs.run(), [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose]() }
  }

  it('that a body holds counts by what is in it', async () => {
    await using all = await reading()
    const reference = file(all.path)
    const app = all.kernel.jsApp(() => readFileSync(reference.path, 'utf8'), { cache: true })
    expect([await app(), await app()]).toEqual(['one', 'one'])
    await writeFile(all.path, 'two')
    const future = app()
    expect(await future).toBe('two')
    expect((await explain(future)).why).toContain('differs in file reference.txt')
  })

  it('that an instance or a shared value holds does too', async () => {
    await using all = await reading()
    const { path } = all
    const app = all.kernel.jsApp(
      (of: Reference, [shared]: readonly DataFile[]) => readFileSync(of.file.path, 'utf8') + (shared?.filename ?? ''),
      { cache: true },
    )
    const other = join(all.runs.path, 'shared.txt')
    await writeFile(other, '')
    const shared = share([file(other)])
    const call = () => app(new Reference(file(path)), shared as never)
    await call()
    await call()
    await writeFile(path, 'two')
    expect(await call()).toBe('twoshared.txt')
    await writeFile(other, 'more')
    await call()
    expect(all.kernel.taskStateCounts).toMatchObject({ execDone: 3, memoDone: 1 })
  })

  it('that is written with its old size and time counts all the same', async () => {
    await using all = await reading()
    const { path } = all
    const app = all.kernel.jsApp(({ path: at }: DataFile) => readFileSync(at, 'utf8'), { cache: true })
    await utimes(path, 1, 1)
    await app(file(path))
    writeFileSync(path, 'two')
    utimesSync(path, 1, 1)
    expect(await app(file(path))).toBe('two')
  })

  it('that is ignored as an argument does not count', async () => {
    await using all = await reading()
    const { journal } = all.runs
    const app = all.kernel.jsApp((_given: DataFile) => note(journal, 1), { cache: true, ignoreForCache: [0] })
    await app(file(all.path))
    await writeFile(all.path, 'another one')
    await app(file(all.path))
    expect(all.runs.lines()).toHaveLength(1)
  })

  it('that an app names for its streams counts by its place', async () => {
    await using all = await reading()
    const { kernel, runs } = all
    const app = kernel.bashApp(() => 'echo said', { cache: true })
    const [left, right] = [join(runs.path, 'left'), join(runs.path, 'right')]
    await app.with({ stdout: left })()
    await app.with({ stdout: right })()
    await app.with({ stdout: right })()
    expect(await readFile(left, 'utf8')).toBe(await readFile(right, 'utf8'))
    expect((await stat(right)).size).toBe(5)
  })
})

it('finds the class of a result again that only an argument had', async () => {
  await using runs = await runsFolder()
  const { journal } = runs
  const same = (kernel: DataFlowKernel) => kernel.jsApp(<T>(value: T) => (note(journal, 1), value), { cache: true })
  const first = await runs.run({ checkpointMode: 'taskExit' })
  await same(first)({ given: new Side(2) })
  await first.close()
  const { given } = await same(await runs.run({ checkpointMode: 'taskExit' }))({ given: new Side(2) })
  expect(given).toBeInstanceOf(Side)
  expect(runs.lines()).toHaveLength(1)
})
