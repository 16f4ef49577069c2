import { type FileHandle, open } from 'node:fs/promises'

/** What a writer asks of the system, so that a test can let it fail. */
export interface Disk {
  /** Writes at the end, perhaps not all of it; says how many bytes. */
  write(file: FileHandle, pieces: readonly Uint8Array[]): Promise<number>
  /** What was written is on the disk, as far as the disk tells the truth. */
  sync(file: FileHandle): Promise<void>
  truncate(file: FileHandle, size: number): Promise<void>
}

export const disk: Disk = {
  write: async (file, pieces) => (await file.writev(pieces)).bytesWritten,
  sync: (file) => file.datasync(),
  truncate: (file, size) => file.truncate(size),
}

const NOT_FOR_FOLDERS: readonly (string | undefined)[] = ['EINVAL', 'ENOTSUP', 'ENOSYS']

/** Puts the names in a folder on the disk, where its file system can do that. */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } catch (error) {
    if (!NOT_FOR_FOLDERS.includes((error as NodeJS.ErrnoException).code)) throw error
  } finally {
    await folder.close()
  }
}
