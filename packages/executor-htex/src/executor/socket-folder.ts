import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guardian } from '@parsl/interfaces'

/** Bytes that the system leaves for the path of a socket; macOS has four less than Linux. */
const MOST_PATH_BYTES = 103
const NAME = 'parsl.sock'

/** A folder that only its owner may enter, with room for a socket. */
export interface SocketFolder {
  readonly socketPath: string
  remove(): Promise<void>
}

const fits = (folder: string): boolean => Buffer.byteLength(join(`${folder}XXXXXX`, NAME)) <= MOST_PATH_BYTES

/** Where the socket's folder begins: in the executor's own one, or where that lies too deep, among the temporary files. */
export const socketFolderPrefix = (dir: string, temporary: string): string => {
  const own = join(dir, 'socket-')
  return fits(own) ? own : join(fits(join(temporary, 'parsl-')) ? temporary : '/tmp', 'parsl-')
}

/** Makes the folder; the guardian removes it should the program be gone before. */
export const makeSocketFolder = async (dir: string, guardian: Guardian): Promise<SocketFolder> => {
  // `mkdtemp` gives it to its owner alone.
  const folder = await mkdtemp(socketFolderPrefix(dir, tmpdir()))
  const release = guardian.path(folder)
  return {
    socketPath: join(folder, NAME),
    remove: async () => {
      await rm(folder, { recursive: true, force: true })
      release()
    },
  }
}
