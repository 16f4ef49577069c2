import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DataFile, type DataFlowKernel, explain, file, output } from '../../src/index.js'
import { note, runsFolder } from './fixture.js'

const copying = (kernel: DataFlowKernel, journal: string) =>
  kernel.jsApp(
    (from: DataFile, to: DataFile) => {
      note(journal, from.filename)
      writeFileSync(to.path, readFileSync(from.path, 'utf8').toUpperCase())
    },
    { cache: true, name: 'copied' },
  )

const setting = async () => {
  const runs = await runsFolder()
  const from = join(runs.path, 'in.txt')
  const to = join(runs.path, 'out.txt')
  await writeFile(from, 'some text')
  const copy = async (options = {}) => {
    const kernel = await runs.run({ checkpointMode: 'taskExit', ...options })
    const future = copying(kernel, runs.journal)(file(from), output(to))
    await future
    await future.outputs[0]
    const { why } = await explain(future)
    await kernel.close()
    return { text: await readFile(to, 'utf8'), why }
  }
  return { runs, from, to, copy, [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose]() }
}

describe('an input file', () => {
  it('counts by what is in it, not by when it was written', async () => {
    await using all = await setting()
    await all.copy()
    await utimes(all.from, 1, 1)
    await all.copy()
    expect(all.runs.lines()).toHaveLength(1)
    await writeFile(all.from, 'more text')
    const { text, why } = await all.copy()
    expect(text).toBe('MORE TEXT')
    expect(why).toContain('differs in file in.txt')
  })

  it('counts by size and time on request', async () => {
    await using all = await setting()
    await all.copy({ files: 'sizeAndTime' })
    await all.copy({ files: 'sizeAndTime' })
    expect(all.runs.lines()).toHaveLength(1)
    await utimes(all.from, 1, 1)
    await all.copy({ files: 'sizeAndTime' })
    expect(all.runs.lines()).toHaveLength(2)
  })

  it('may be a folder, which counts with all that is in it', async () => {
    await using runs = await runsFolder()
    const folder = join(runs.path, 'data')
    await mkdir(join(folder, 'deep'), { recursive: true })
    await writeFile(join(folder, 'deep', 'a'), '1')
    const { journal } = runs
    const kernel = await runs.run()
    const app = kernel.jsApp((data: DataFile) => note(journal, data.filename), { cache: true })
    await app(file(folder))
    await app(file(folder))
    expect(runs.lines()).toHaveLength(1)
    await writeFile(join(folder, 'deep', 'a'), '2')
    await app(file(folder))
    expect(runs.lines()).toHaveLength(2)
    await writeFile(join(folder, 'b'), '')
    await app(file(folder))
    expect(runs.lines()).toHaveLength(3)
  })
})

describe('an output file of a remembered call', () => {
  it('is left as it is where it is as it was made', async () => {
    await using all = await setting()
    await all.copy()
    const { text, why } = await all.copy()
    expect(text).toBe('SOME TEXT')
    expect(why).toMatch(/it took the result of task 0 of a run before/)
    expect(all.runs.lines()).toHaveLength(1)
  })

  it('is made again where it is gone', async () => {
    await using all = await setting()
    await all.copy()
    await rm(all.to)
    const { text, why } = await all.copy()
    expect(text).toBe('SOME TEXT')
    expect(why).toContain(`was not taken: its output ${all.to} is gone`)
    expect(all.runs.lines()).toHaveLength(2)
  })

  it('is made again where it has changed', async () => {
    await using all = await setting()
    await all.copy()
    await writeFile(all.to, 'meanwhile')
    const { text, why } = await all.copy()
    expect(text).toBe('SOME TEXT')
    expect(why).toContain('has changed since')
    expect(all.runs.lines()).toHaveLength(2)
  })

  it.each(['content', 'sizeAndTime'] as const)(
    'comes back from its copy where copies are kept, by %s',
    async (files) => {
      await using all = await setting()
      await all.copy({ keepOutputs: true, files })
      await rm(all.to)
      expect((await all.copy({ keepOutputs: true, files })).text).toBe('SOME TEXT')
      await writeFile(all.to, 'meanwhile')
      expect((await all.copy({ keepOutputs: true, files })).text).toBe('SOME TEXT')
      expect(all.runs.lines()).toHaveLength(1)
    },
  )

  it('is made again where its copy was touched too', async () => {
    await using all = await setting()
    await all.copy({ keepOutputs: true })
    await rm(all.to)
    await rm(join(all.runs.path, 'runinfo', 'outputs'), { recursive: true })
    const { text, why } = await all.copy({ keepOutputs: true })
    expect(text).toBe('SOME TEXT')
    expect(why).toContain('and so has the copy of it')
  })

  it('may be a folder or what a pattern matches, which come back too', async () => {
    await using runs = await runsFolder()
    const { journal } = runs
    const folder = join(runs.path, 'made')
    const pattern = join(runs.path, 'parts', '*.csv')
    const make = async (): Promise<readonly string[]> => {
      const kernel = await runs.run({ checkpointMode: 'taskExit', keepOutputs: true })
      const app = kernel.jsApp(
        (made: DataFile, parts: DataFile) => {
          note(journal, 'made')
          const { mkdirSync } = process.getBuiltinModule('node:fs')
          mkdirSync(`${made.path}/deep`, { recursive: true })
          writeFileSync(`${made.path}/deep/a`, 'in a folder')
          for (const name of ['1', '2']) writeFileSync(parts.path.replace('*', name), name)
        },
        { cache: true },
      )
      const future = app(output.directory(folder), output.glob(pattern))
      await future
      const parts = await future.outputs[1]
      await kernel.close()
      return parts.map(({ filename }) => filename)
    }
    expect(await make()).toEqual(['1.csv', '2.csv'])
    await rm(folder, { recursive: true })
    await rm(join(runs.path, 'parts', '2.csv'))
    expect(await make()).toEqual(['1.csv', '2.csv'])
    expect(await readFile(join(folder, 'deep', 'a'), 'utf8')).toBe('in a folder')
    expect(runs.lines()).toEqual(['made'])
  })

  it('counts by its place: another place is another call', async () => {
    await using all = await setting()
    const kernel = await all.runs.run()
    const app = copying(kernel, all.runs.journal)
    await app(file(all.from), output(all.to))
    await app(file(all.from), output(join(all.runs.path, 'elsewhere.txt')))
    expect(all.runs.lines()).toHaveLength(2)
  })
})
