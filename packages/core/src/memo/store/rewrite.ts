import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CheckpointFile } from './checkpoint-file.js'
import { syncFolder } from './disk.js'
import { encodeHeader, encodeRecord, FILE_NAME, KIND } from './layout.js'
import type { FilePlan } from './prune-plan.js'
import type { Surveyed } from './survey.js'
import { fill, WINDOW_BYTES } from './walk.js'
import { ownMark } from './writer-mark.js'

const PREFIX = `${FILE_NAME}.`
const SUFFIX = '.tmp'

/** Whether a file is one that pruning makes, to put it in the place of another. */
export const isTemporary = (name: string): boolean => name.startsWith(PREFIX) && name.endsWith(SUFFIX)

/** The new file has the mark of the old one, so its records are copied as they are. */
const framesOf = async (mark: number) => {
  const pruner = encodeRecord({ mark, kind: KIND.writer, meta: JSON.stringify(await ownMark('prune')) })
  return { first: [encodeHeader(mark), ...pruner], last: encodeRecord({ mark, kind: KIND.end }) }
}

const bytesOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0)

const copyRange = async (
  from: CheckpointFile,
  to: FileHandle,
  [start, end]: readonly [number, number],
): Promise<void> => {
  const buffer = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, end - start))
  for (let at = start; at < end;) {
    const bytes = await fill(from.source, buffer.subarray(0, Math.min(buffer.length, end - at)), at)
    if (bytes.length === 0) throw new Error(`${from.path} became shorter`)
    await to.appendFile(bytes)
    at += bytes.length
  }
}

const isSame = async ({ path, inode, size }: Surveyed): Promise<boolean> => {
  const now = await stat(path).catch(() => undefined)
  return now?.ino === inode && now.size === size
}

/** How long a file will be that is made from a plan. */
export const plannedSize = async (plan: FilePlan): Promise<number> => {
  const { first, last } = await framesOf(0)
  return bytesOf([...first, ...last]) + plan.ranges.reduce((sum, [from, to]) => sum + to - from, 0)
}

/** False where another process took the new file for one that was left behind. */
const replace = async (temporary: string, path: string): Promise<boolean> => {
  try {
    await rename(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  await syncFolder(dirname(path))
  return true
}

/** Puts a file with what the plan keeps in the place of the old one, at once. False where that is another one by now. */
export const rewrite = async (plan: FilePlan, old: Surveyed, file: CheckpointFile): Promise<boolean> => {
  const temporary = join(dirname(file.path), `${PREFIX}${randomUUID()}${SUFFIX}`)
  const { first, last } = await framesOf(file.mark ?? 0)
  const { mode } = await file.handle.stat()
  const handle = await open(temporary, 'wx', mode & 0o777)
  try {
    await handle.appendFile(Buffer.concat(first))
    for (const range of plan.ranges) await copyRange(file, handle, range)
    await handle.appendFile(Buffer.concat(last))
    await handle.chmod(mode & 0o777)
    await handle.sync()
    return (await isSame(old)) && (await replace(temporary, file.path))
  } finally {
    await handle.close()
    await rm(temporary, { force: true })
  }
}

/** Removes a file of which nothing is kept. False where it is another one by now. */
export const remove = async (old: Surveyed): Promise<boolean> => {
  if (!(await isSame(old))) return false
  await unlink(old.path)
  return true
}
