import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { type DataFile, file, output, sh } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { countUp } from '../bodies.js'

const textOf = (path: string): Promise<string> => readFile(path, 'utf8')

const cases: Cases<Bench> = {
  'go in and out of commands': async ({ parsl, folder }) => {
    await writeFile(folder.at('in put.txt'), 'b\na\n')
    const sort = parsl.bashApp((text: DataFile, sorted: DataFile) => sh`sort ${text} > ${sorted}`)
    const [sorted] = sort(file(folder.at('in put.txt')), output(folder.at('new folder/out.txt'))).outputs
    expect(await textOf((await sorted).path)).toBe('a\nb\n')
    expect(sorted.filename).toBe('out.txt')
  },
  'go in and out of bodies, as paths': async ({ parsl, folder }) => {
    await writeFile(folder.at('in.txt'), 'text')
    const copy = parsl.jsApp(async (from: DataFile, to: DataFile) => {
      await writeFile(to.path, (await readFile(from.path, 'utf8')).toUpperCase())
      return [from.filename, to.scheme, String(to) === to.path]
    })
    const future = copy(file(folder.at('in.txt')), output(folder.at('out.txt')))
    expect(await future).toEqual(['in.txt', 'file', true])
    expect(await textOf((await future.outputs[0]).path)).toBe('TEXT')
  },
  'make later apps wait, as futures': async ({ parsl, folder }) => {
    const write = parsl.bashApp((word: string, to: DataFile) => sh`echo ${word} > ${to}`)
    const join = parsl.bashApp((parts: readonly DataFile[], to: DataFile) => sh`cat ${parts} > ${to}`)
    const parts = ['a', 'b', 'c'].map((word) => write(word, output(folder.at(word))).outputs[0])
    const [whole] = join(parts, output(folder.at('whole'))).outputs
    expect(await textOf((await whole).path)).toBe('a\nb\nc\n')
  },
  'may be relative: to the working directory of the program': async ({ parsl, folder }) => {
    await writeFile(folder.at('in.txt'), 'here')
    const read = parsl.jsApp(({ path }: DataFile) => readFile(path, 'utf8'))
    expect(await read(file(relative(process.cwd(), folder.at('in.txt'))))).toBe('here')
  },
  'may be known by a pattern, or be folders': async ({ parsl, folder }) => {
    const split = parsl.bashApp(
      (to: string, _parts: DataFile, tree: DataFile) =>
        sh`mkdir ${tree}; for n in 2 1 3; do echo $n > ${to}/$n.csv; done`,
    )
    const future = split(folder.at('parts'), output.glob(folder.at('parts/*.csv')), output.directory(folder.at('tree')))
    const [parts, tree] = future.outputs
    expect((await parts).map(({ filename }) => filename)).toEqual(['1.csv', '2.csv', '3.csv'])
    expect((await tree).path).toBe(folder.at('tree'))
    const count = parsl.jsApp((files: readonly DataFile[]) => files.length)
    expect(await count(parts)).toBe(3)
  },
  'that are missing fail the task before its body starts': async ({ parsl, folder }) => {
    const read = parsl.jsApp((_input: DataFile, path: string) => countUp(path), { name: 'read' })
    expect(await errorOf(read(file(folder.at('gone')), folder.at('tries')))).toMatchObject({
      code: 'PARSL_DATA_MISSING_INPUTS',
      details: { app: 'read', inputs: [folder.at('gone')] },
    })
    await expect(readFile(folder.at('tries'))).rejects.toMatchObject({ code: 'ENOENT' })
  },
  'that were promised and not made fail the task and their futures': async ({ parsl, folder }) => {
    const forget = parsl.jsApp((_to: DataFile) => 'done', { name: 'forget' })
    const future = forget(output(folder.at('never')))
    const missing = { code: 'PARSL_APP_MISSING_OUTPUTS', details: { app: 'forget', outputs: [folder.at('never')] } }
    expect(await errorOf(future)).toMatchObject(missing)
    expect(await errorOf(future.outputs[0])).toMatchObject(missing)
  },
}

/** Files as arguments. */
export const files: Group<Bench> = { name: 'files', cases }
