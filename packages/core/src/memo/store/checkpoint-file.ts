import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BadCheckpoint, isParslError } from '@parsl/interfaces'
import { FILE_NAME, HEADER_BYTES, MAGIC, readHeader, VERSION } from './layout.js'
import { fill, type Source, walk, WINDOW_BYTES } from './walk.js'

/** A file that was opened for reading, as far as it was written then. */
export interface CheckpointFile {
  readonly path: string
  readonly handle: FileHandle
  readonly source: Source
  readonly size: number
  /** Without it there is nothing to read in the file. */
  readonly mark: number | undefined
  /** Where records begin. */
  readonly start: number
}

const sourceOf = (handle: FileHandle): Source => ({
  read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
})

const reasonOf = async (dir: string, cause: NodeJS.ErrnoException): Promise<string> => {
  if (cause.code === 'ENOTDIR') return `it is no folder: name the folder that has ${FILE_NAME} in it`
  if (cause.code !== 'ENOENT') return `it cannot be read: ${cause.message}`
  const isThere = await stat(dir).then(
    () => true,
    () => false,
  )
  return isThere ? `it has no ${FILE_NAME}` : 'there is no such folder'
}

/** Before a program could write its first bytes, or when the power failed then. */
const isUnwritten = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === 0) || bytes.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, bytes.length))

/** The mark of a file whose header is damaged, from its first record. */
const markFromRecords = async (path: string, source: Source, size: number): Promise<number | undefined> => {
  for await (const [first] of walk({ source, start: 0, size, mark: undefined })) if (first) return first.head.mark
  const bytes = await fill(source, Buffer.alloc(Math.min(size, WINDOW_BYTES)), 0)
  if (isUnwritten(bytes)) return undefined
  throw new BadCheckpoint(path, 'it is no checkpoint, or nothing in it can be read any more')
}

const readStart = async (path: string, handle: FileHandle): Promise<CheckpointFile> => {
  const source = sourceOf(handle)
  const { size } = await handle.stat()
  const header = readHeader(await fill(source, Buffer.alloc(HEADER_BYTES), 0))
  if (header && header.version !== VERSION)
    throw new BadCheckpoint(
      path,
      `it has version ${header.version} of the format, and this release reads version ${VERSION}`,
    )
  const mark = header ? header.mark : await markFromRecords(path, source, size)
  return { path, handle, source, size, mark, start: header ? HEADER_BYTES : 0 }
}

/** Opens the file of a checkpoint directory, or another one in it. */
export const openFile = async (dir: string, name: string = FILE_NAME): Promise<CheckpointFile> => {
  const path = join(dir, name)
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (cause) {
    const reason = await reasonOf(dir, cause as NodeJS.ErrnoException)
    throw new BadCheckpoint(reason.startsWith('it cannot') ? path : dir, reason, { cause })
  }
  try {
    return await readStart(path, handle)
  } catch (cause) {
    await handle.close()
    if (isParslError(cause)) throw cause
    throw new BadCheckpoint(path, `it cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** Opens a file for as long as it is used. */
export const withFile = async <T>(
  dir: string,
  use: (file: CheckpointFile) => Promise<T>,
  name: string = FILE_NAME,
): Promise<T> => {
  const file = await openFile(dir, name)
  try {
    return await use(file)
  } finally {
    await file.handle.close()
  }
}
