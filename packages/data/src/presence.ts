import { mkdir, readdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DataFile, ExpectedOutput } from '@parsl/interfaces'
import { glob } from 'tinyglobby'
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

/** The files that a pattern matches now, sorted by path. */
export const globFiles = async (pattern: DataFile): Promise<DataFile[]> =>
  (await glob(pattern.path, { absolute: true, dot: true, onlyFiles: false, expandDirectories: false }))
    .sort()
    .map((path) => file(path))

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

/** Makes the folders that the outputs will stand in. */
export const makeOutputFolders = async (outputs: readonly ExpectedOutput[]): Promise<void> => {
  const folders = new Set(outputs.filter(({ kind }) => kind !== 'glob').map((output) => dirname(output.file.path)))
  await Promise.all([...folders].map((folder) => mkdir(folder, { recursive: true })))
}
