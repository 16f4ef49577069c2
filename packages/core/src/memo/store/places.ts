import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BadCheckpoint, stays } from '@parsl/interfaces'
import { FILE_NAME } from './layout.js'

/** The default of `runDir`, here as in the configuration. */
export const RUN_DIR = 'runinfo'

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')

/** Names in a folder; none where it is not there. */
export const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return []
    throw new BadCheckpoint(folder, `it cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** Where the runs below a folder have their checkpoints, or would have them; runs in the order of their numbers. */
export const checkpointFolders = async (runDir: string): Promise<readonly string[]> => {
  const base = resolve(runDir)
  const names = (await namesIn(base)).filter((name) => /^\d+$/.test(name))
  return names
    .toSorted((a, b) => Number(a) - Number(b) || a.length - b.length)
    .map((name) => join(base, name, 'checkpoint'))
}

const hasFile = async (folder: string): Promise<boolean> => {
  const path = join(folder, FILE_NAME)
  try {
    return (await stat(path)).isFile()
  } catch (cause) {
    if (isMissing(cause)) return false
    throw new BadCheckpoint(path, `it cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Paths of the checkpoint directories of all runs below `runDir`, in the order of the runs, for `checkpointFiles`. A run that wrote no checkpoint has
 * none.
 * @defaultValue `runDir`: `'runinfo'`
 * @throws BadCheckpoint `PARSL_CHECKPOINT` where a folder cannot be read.
 */
export const getAllCheckpoints = async (runDir: string = RUN_DIR): Promise<string[]> => {
  const found: string[] = []
  for (const folder of await checkpointFolders(runDir)) if (await hasFile(folder)) found.push(folder)
  return found
}

/**
 * The checkpoint directory of the latest run below `runDir` that has one, as a list of one path, or of none. Runs count by number: 1000 comes after 999.
 * @defaultValue `runDir`: `'runinfo'`
 * @throws BadCheckpoint `PARSL_CHECKPOINT` where a folder cannot be read.
 */
export const getLastCheckpoint = async (runDir: string = RUN_DIR): Promise<string[]> => {
  for (const folder of (await checkpointFolders(runDir)).toReversed()) if (await hasFile(folder)) return [folder]
  return []
}

const REASON =
  'it looks for checkpoints, which lie where the program runs; call it outside, and pass the body what it found'

stays(REASON, getAllCheckpoints)
stays(REASON, getLastCheckpoint)
