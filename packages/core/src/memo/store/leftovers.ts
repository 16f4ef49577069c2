import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isParslError } from '@parsl/interfaces'
import { type CheckpointFile, withFile } from './checkpoint-file.js'
import { namesIn } from './places.js'
import { isTemporary } from './rewrite.js'
import { stateOf, writerOf } from './writer-of.js'

const isOver = async (file: CheckpointFile, assumeEnded: boolean): Promise<boolean> => {
  // It was stopped before it could say who it is. If it only just began, it finds its file gone and leaves the old one as it is.
  if ((await writerOf(file)) === undefined) return true
  const state = await stateOf(file)
  return state === 'ended' || (state === 'unknown' && assumeEnded)
}

const isLeft = async (folder: string, name: string, assumeEnded: boolean): Promise<boolean> => {
  try {
    return await withFile(folder, (file) => isOver(file, assumeEnded), name)
  } catch (error) {
    // Another process has put it in its place, or it is not ours to read.
    if (isParslError(error, 'PARSL_CHECKPOINT')) return false
    throw error
  }
}

/** Removes what a process that was pruning left behind when it was killed. */
export const removeLeftovers = async (folder: string, assumeEnded: boolean): Promise<void> => {
  for (const name of await namesIn(folder))
    if (isTemporary(name) && (await isLeft(folder, name, assumeEnded))) await rm(join(folder, name), { force: true })
}

/** Removes a folder with nothing in it. */
export const removeEmpty = async (folder: string): Promise<void> => {
  const names = await namesIn(folder).catch(() => ['unreadable'])
  if (names.length === 0) await rmdir(folder).catch(() => {})
}
