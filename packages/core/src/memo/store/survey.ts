import { dirname, join } from 'node:path'
import { BadCheckpoint, isParslError } from '@parsl/interfaces'
import { type CheckpointFile, withFile } from './checkpoint-file.js'
import { type Index, newIndex } from './index-table.js'
import { FILE_NAME, KEY_AT, KIND } from './layout.js'
import { newProblems, type Problems } from './problems.js'
import { walk } from './walk.js'
import { stateOf, writerOf } from './writer-of.js'

/** A file as it was when it was looked at. */
export interface Surveyed {
  readonly dir: string
  readonly path: string
  /** Its place among the files, by which the index knows it. */
  readonly number: number
  readonly size: number
  readonly inode: number
  /** Why it must be left alone, if so. */
  readonly skip: string | undefined
  readonly problems: Problems
}

/** A file that cannot be read, and why. */
export interface Unread {
  readonly path: string
  readonly reason: string
}

export interface Survey {
  readonly files: readonly Surveyed[]
  readonly unread: readonly Unread[]
  /** Where the newest entry of each key is. */
  readonly newest: Index
}

const reasonToSkip = async (file: CheckpointFile, assumeEnded: boolean): Promise<string | undefined> => {
  const state = await stateOf(file)
  if (state === 'ended' || (state === 'unknown' && assumeEnded)) return undefined
  const writer = await writerOf(file)
  if (!writer) return 'who writes it cannot be told; assumeEnded: true takes it for finished'
  if (state === 'alive') return `process ${writer.pid} may write to it`
  return `process ${writer.pid} on ${writer.host} may write to it; assumeEnded: true takes it for finished`
}

interface Noted {
  readonly newest: Index
  readonly problems: Problems
}

const noteEntries = async (file: CheckpointFile, number: number, { newest, problems }: Noted): Promise<void> => {
  for await (const batch of walk({ ...file, checkAll: true, onDamage: problems.damage }))
    for (const { bytes, at, offset, length } of batch.filter(({ head }) => head.kind === KIND.entry))
      newest.put({ bytes, at: at + KEY_AT }, { file: number, offset, length }, true)
}

interface Rules {
  readonly newest: Index
  readonly assumeEnded: boolean
}

const lookAt = async (file: CheckpointFile, number: number, { newest, assumeEnded }: Rules): Promise<Surveyed> => {
  const { path, size } = file
  const problems = newProblems(path)
  const skip = await reasonToSkip(file, assumeEnded)
  const { ino: inode } = await file.handle.stat()
  if (file.mark !== undefined) await noteEntries(file, number, { newest, problems })
  return { dir: dirname(path), path, number, size, inode, skip, problems }
}

/** Reads all of these checkpoints, and finds out which may be changed. */
export const survey = async (dirs: readonly string[], assumeEnded: boolean): Promise<Survey> => {
  const newest = newIndex()
  const files: Surveyed[] = []
  const unread: Unread[] = []
  for (const [number, dir] of dirs.entries()) {
    try {
      files.push(await withFile(dir, (file) => lookAt(file, number, { newest, assumeEnded })))
    } catch (cause) {
      const path = join(dir, FILE_NAME)
      if (isParslError(cause, 'PARSL_CHECKPOINT')) unread.push({ path, reason: cause.details.reason })
      else throw new BadCheckpoint(path, `it cannot be read: ${(cause as Error).message}`, { cause })
    }
  }
  return { files, unread, newest }
}

/** Opens a file again, and gives it to `use` if it is still the one that was looked at. */
export const withSame = <T>(
  { dir, inode, size }: Surveyed,
  use: (file: CheckpointFile) => Promise<T>,
): Promise<T | undefined> =>
  withFile(dir, async (file) => {
    const { ino } = await file.handle.stat()
    return ino === inode && file.size === size ? use(file) : undefined
  })
