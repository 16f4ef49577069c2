import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isParslError } from '@parsl/interfaces'
import { openFile } from './checkpoint-file.js'
import { namesIn } from './places.js'
import { isTemporary } from './rewrite.js'
import { stateOf } from './writer-of.js'

const isOver = async (folder: string, name: string, assumeEnded: boolean): Promise<boolean> => {
  try {
    const file = await openFile(folder, name)
    const state = await stateOf(file).finally(() => file.handle.close())
    return state === 'ended' || (state === 'unknown' && assumeEnded)
  } catch (error) {
    // Another process has put it in its place, or it is not ours to read.
    if (isParslError(error, 'PARSL_CHECKPOINT')) return false
    throw error
  }
}

/** Removes what a process that was pruning left behind when it was killed. */
export const removeLeftovers = async (folder: string, assumeEnded: boolean): Promise<void> => {
  for (const name of await namesIn(folder))
    if (isTemporary(name) && (await isOver(folder, name, assumeEnded))) await rm(join(folder, name), { force: true })
}

/** Removes a folder with nothing in it. */
export const removeEmpty = async (folder: string): Promise<void> => {
  const names = await namesIn(folder).catch(() => ['unreadable'])
  if (names.length === 0) await rmdir(folder).catch(() => {})
}
