import { mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { DataFile, ExpectedOutput } from '@parsl/interfaces'
import { glob, isDynamicPattern } from 'tinyglobby'
import { file } from './data-file.js'

type Kind = 'file' | 'directory' | 'any'

const isThere = async (path: string, kind: Kind): Promise<boolean> => {
  try {
    const found = await stat(path)
    return kind === 'any' || found.isDirectory() === (kind === 'directory')
  } catch {
    return false
  }
}

/** A network file system may remember for a while that a name was absent; listing the folder makes it look again. */
const isThereAtLast = async (path: string, kind: Kind): Promise<boolean> => {
  if (await isThere(path, kind)) return true
  await readdir(dirname(path)).catch(() => [])
  return isThere(path, kind)
}

/** The folders at the start of a pattern that are there under exactly these names, and what is left of it. */
const literalStart = async (pattern: string): Promise<{ readonly folder: string; readonly rest: string }> => {
  const [root = '', ...parts] = pattern.split(sep)
  let folder = root + sep
  while (parts.length > 1 && (await isThere(join(folder, parts[0] ?? ''), 'directory')))
    folder = join(folder, parts.shift() ?? '')
  // At its start `!` would turn the pattern round.
  return { folder, rest: parts.join(sep).replace(/^!(?!\()/, '\\!') }
}

/** The files that a pattern matches now, sorted by path. A folder called `[a]` is itself, no pattern, where it is there. */
export const globFiles = async ({ path: pattern }: DataFile): Promise<DataFile[]> => {
  const { folder, rest } = await literalStart(pattern)
  const paths = await glob(rest, {
    cwd: folder,
    absolute: true,
    dot: true,
    onlyFiles: false,
    expandDirectories: false,
  })
  return paths.map((path) => file(path)).sort((a, b) => (a.path < b.path ? -1 : 1))
}

const isMade = async ({ kind, file: target }: ExpectedOutput): Promise<boolean> =>
  kind === 'glob' ? (await globFiles(target)).length > 0 : isThereAtLast(target.path, kind)

const absent = async <Item>(items: readonly Item[], present: (item: Item) => Promise<boolean>): Promise<Item[]> => {
  const found = await Promise.all(items.map(present))
  return items.filter((_, index) => !found[index])
}

/** Paths of the inputs that are not there. */
export const missingInputs = async (inputs: readonly DataFile[]): Promise<string[]> =>
  (await absent(inputs, (input) => isThereAtLast(input.path, 'any'))).map((input) => input.path)

/** Paths (or patterns) of the promised outputs that are not there. */
export const missingOutputs = async (outputs: readonly ExpectedOutput[]): Promise<string[]> =>
  (await absent(outputs, isMade)).map((output) => output.file.path)

/** The folder that an output stands in; of a pattern, the deepest that is no pattern itself. */
const folderOf = async ({ kind, file: { path } }: ExpectedOutput): Promise<string> => {
  if (kind !== 'glob') return dirname(path)
  const { folder, rest } = await literalStart(path)
  const parts = dirname(rest).split(sep)
  const dynamic = parts.findIndex((part) => isDynamicPattern(part))
  const plain = dynamic === -1 ? parts : parts.slice(0, dynamic)
  return join(folder, ...plain.map((part) => part.replaceAll(/\\(.)/g, '$1')))
}

/** Makes the folders that the outputs will stand in. */
export const makeOutputFolders = async (outputs: readonly ExpectedOutput[]): Promise<void> => {
  const folders = new Set(await Promise.all(outputs.map(folderOf)))
  await Promise.all([...folders].map((folder) => mkdir(folder, { recursive: true })))
}
