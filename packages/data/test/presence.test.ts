import { readdir, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { file, fileAt, isDataFile } from '../src/data-file.ts'
import { output } from '../src/output.ts'
import { globFiles, makeOutputFolders, missingInputs, missingOutputs } from '../src/presence.ts'
import { scratch } from '@parsl/testing'

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory()

describe('missingInputs', () => {
  it('misses nothing among no inputs', async () => {
    expect(await missingInputs([])).toEqual([])
  })

  it('takes files and folders that are there', async () => {
    await using place = await scratch()
    await place.fill('a.txt', 'folder/')
    expect(await missingInputs([file(join(place.path, 'a.txt')), file(join(place.path, 'folder'))])).toEqual([])
  })

  it('gives the paths of all that are not, in order', async () => {
    await using place = await scratch()
    await place.fill('b.txt')
    const paths = ['c.txt', 'b.txt', 'a.txt', 'b.txt/below', 'no/such/folder'].map((name) => join(place.path, name))
    expect(await missingInputs(paths.map((path) => file(path)))).toEqual(paths.toSpliced(1, 1))
  })

  it('looks where a staged file is', async () => {
    await using place = await scratch()
    await place.fill('a.txt')
    const remote = file('https://host/a.txt')
    expect(await missingInputs([fileAt(remote, join(place.path, 'a.txt'))])).toEqual([])
    expect(await missingInputs([fileAt(remote, join(place.path, 'b.txt'))])).toEqual([join(place.path, 'b.txt')])
  })

  it('misses a link that leads nowhere', async () => {
    await using place = await scratch()
    const link = join(place.path, 'link')
    await symlink(join(place.path, 'gone'), link)
    expect(await missingInputs([file(link)])).toEqual([link])
  })

  it.each(['a b.txt', '100%.txt', 'a#1?.txt', 'a\nb.txt', '[a]*.txt', '{a,b}', '\\a', 'é'])(
    'finds a file with the name %o',
    async (name) => {
      await using place = await scratch()
      await place.fill(name)
      expect(await missingInputs([file(join(place.path, name))])).toEqual([])
    },
  )
})

describe('missingOutputs', () => {
  it('takes what was made as it was promised', async () => {
    await using place = await scratch()
    await place.fill('a.txt', 'folder/', 'parts/1.csv')
    const promised = [
      output(join(place.path, 'a.txt')),
      output.directory(join(place.path, 'folder')),
      output.glob(join(place.path, 'parts/*.csv')),
    ]
    expect(await missingOutputs(promised)).toEqual([])
  })

  it('gives the paths and patterns of what was not made, in order', async () => {
    await using place = await scratch()
    await place.fill('parts/1.txt')
    const promised = [
      output.glob(join(place.path, 'parts/*.csv')),
      output(join(place.path, 'a.txt')),
      output.directory(join(place.path, 'folder')),
    ]
    expect(await missingOutputs(promised)).toEqual(promised.map((one) => one.file.path))
  })

  it('does not take a folder for a file, nor a file for a folder', async () => {
    await using place = await scratch()
    await place.fill('a.txt', 'folder/')
    const promised = [output(join(place.path, 'folder')), output.directory(join(place.path, 'a.txt'))]
    expect(await missingOutputs(promised)).toEqual(promised.map((one) => one.file.path))
  })

  it('takes an empty file and an empty folder', async () => {
    await using place = await scratch()
    await place.fill('folder/')
    const devNull = output('/dev/null')
    expect(await missingOutputs([output.directory(join(place.path, 'folder')), devNull])).toEqual([])
  })

  it('follows a link', async () => {
    await using place = await scratch()
    await place.fill('a.txt')
    const link = join(place.path, 'link')
    await symlink(join(place.path, 'a.txt'), link)
    expect(await missingOutputs([output(link)])).toEqual([])
  })
})

describe('makeOutputFolders', () => {
  it('makes the folder that each output stands in, and no more', async () => {
    await using place = await scratch()
    const at = (name: string) => join(place.path, name)
    await makeOutputFolders([output(at('a/b/c.txt')), output(at('a/b/d.txt')), output.directory(at('e/f'))])
    expect(await isFolder(at('a/b'))).toBe(true)
    expect(await readdir(at('a/b'))).toEqual([])
    expect(await readdir(at('e'))).toEqual([])
  })

  it('takes folders that are there', async () => {
    await using place = await scratch()
    await place.fill('a/b.txt')
    await makeOutputFolders([output(join(place.path, 'a/c.txt'))])
    expect(await readdir(join(place.path, 'a'))).toEqual(['b.txt'])
  })

  it.each([
    ['parts/*.csv', ['parts']],
    ['*.csv', []],
    ['a/b/{c,d}/e/*.csv', ['a', 'a/b']],
    ['a/[b]/*.csv', ['a']],
    ['a/\\[b\\]/*.csv', ['a', 'a/[b]']],
    ['there[1]/parts/*.csv', ['there[1]', 'there[1]/parts']],
    ['!a/*.csv', ['!a']],
    ['**', []],
  ])('makes of the pattern %s the folders that are none', async (pattern, folders) => {
    await using place = await scratch()
    const there = pattern.startsWith('there') ? ['there[1]/'] : []
    await place.fill(...there)
    await makeOutputFolders([output.glob(join(place.path, pattern))])
    expect((await readdir(place.path, { recursive: true })).toSorted()).toEqual(folders)
  })

  it('rejects where a file stands in the way', async () => {
    await using place = await scratch()
    await place.fill('a')
    await expect(makeOutputFolders([output(join(place.path, 'a/b.txt'))])).rejects.toThrow(/EEXIST|ENOTDIR/)
  })
})

describe('globFiles', () => {
  const found = async (pattern: string, root: string): Promise<string[]> =>
    (await globFiles(output.glob(pattern).file)).map(({ path }) => path.slice(root.length + 1))

  it('gives data files, sorted by path', async () => {
    await using place = await scratch()
    await place.fill('parts/b.csv', 'parts/a.csv', 'parts/10.csv', 'parts/2.csv', 'parts/a.txt')
    const files = await globFiles(output.glob(join(place.path, 'parts/*.csv')).file)
    expect(files.every(isDataFile)).toBe(true)
    expect(files.map(({ filename }) => filename)).toEqual(['10.csv', '2.csv', 'a.csv', 'b.csv'])
  })

  it('sorts files of all folders together', async () => {
    await using place = await scratch()
    await place.fill('b/1.csv', 'c.csv', 'a.csv', 'a/1.csv', 'b.csv')
    expect(await found(join(place.path, '**/*.csv'), place.path)).toEqual([
      'a.csv',
      'a/1.csv',
      'b.csv',
      'b/1.csv',
      'c.csv',
    ])
  })

  it.each([
    ['*', ['!c.txt', '.hidden', 'a', 'a.txt', 'b.txt']],
    ['?.txt', ['a.txt', 'b.txt']],
    ['[ac].txt', ['a.txt']],
    ['{a,z}.txt', ['a.txt']],
    ['**/*.csv', ['a/1.csv', 'a/b/2.csv']],
    ['*/*.csv', ['a/1.csv']],
    ['a.txt', ['a.txt']],
    ['!*', ['!c.txt']],
    ['!(a|b).txt', ['!c.txt']],
    ['\\[x\\].txt', []],
    ['nothing/*.txt', []],
  ])('matches %s', async (pattern, names) => {
    await using place = await scratch()
    await place.fill('b.txt', 'a.txt', '!c.txt', '.hidden', 'a/1.csv', 'a/b/2.csv')
    expect(await found(join(place.path, pattern), place.path)).toEqual(names)
  })

  it.each(['[a]', '{a,b}', 'a*', '(a)', '!a', '@(a)', 'a b', 'a?', '100%', '#a'])(
    'finds files in a folder called %s',
    async (folder) => {
      await using place = await scratch()
      await place.fill(`${folder}/parts/b.csv`, `${folder}/parts/a.csv`, 'a/parts/c.csv')
      expect(await found(join(place.path, folder, 'parts/*.csv'), place.path)).toEqual([
        `${folder}/parts/a.csv`,
        `${folder}/parts/b.csv`,
      ])
    },
  )

  it('counts a relative pattern from a working directory called [a]', async () => {
    await using place = await scratch()
    await place.fill('[a]/1.csv', 'a/2.csv')
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(join(place.path, '[a]'))
    const pattern = output.glob('*.csv')
    cwd.mockRestore()
    expect(await missingOutputs([pattern])).toEqual([])
    expect((await globFiles(pattern.file)).map(({ path }) => path)).toEqual([join(place.path, '[a]/1.csv')])
  })

  it('takes [ab] for a pattern where no folder is called so', async () => {
    await using place = await scratch()
    await place.fill('a/1.csv', 'b/2.csv', 'c/3.csv')
    expect(await found(join(place.path, '[ab]/*.csv'), place.path)).toEqual(['a/1.csv', 'b/2.csv'])
  })

  it('gives names that hold the characters of patterns as they are', async () => {
    await using place = await scratch()
    const names = ['[x].csv', 'a b.csv', 'a\nb.csv', '{y}.csv']
    await place.fill(...names)
    expect(await found(join(place.path, '*.csv'), place.path)).toEqual(names.toSorted())
  })
})
