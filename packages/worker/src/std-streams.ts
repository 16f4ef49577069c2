import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BadStdStreamFile, type StreamTarget } from '@parsl/interfaces'

/** A stream as a child process takes it, and how to let go of it here. */
export interface OpenedStream {
  readonly stdio: number | 'ignore' | 'inherit'
  close(): Promise<void>
}

const nothing = async (): Promise<void> => {}

/** @throws BadStdStreamFile `PARSL_APP_STD_STREAM` where the file cannot be opened */
export const openStream = async (stream: 'stdout' | 'stderr', target: StreamTarget): Promise<OpenedStream> => {
  if (typeof target === 'string') return { stdio: target, close: nothing }
  try {
    await mkdir(dirname(target.path), { recursive: true })
    const handle = await open(target.path, target.mode)
    return { stdio: handle.fd, close: () => handle.close() }
  } catch (cause) {
    throw new BadStdStreamFile(stream, target.path, { cause })
  }
}

const TAIL_BYTES = 2_048

const NEWLINE = 10

/** Where the text may begin in bytes cut out of a file: after the first line end, or in a line longer than all of them at a whole character. */
const startIn = (bytes: Buffer): number => {
  const lineEnd = bytes.indexOf(NEWLINE)
  if (lineEnd !== -1 && lineEnd < bytes.length - 1) return lineEnd + 1
  const whole = bytes.subarray(1, 5).findIndex((byte) => (byte & 0xc0) !== 0x80)
  return 1 + Math.max(0, whole)
}

const lastBytes = async (path: string): Promise<string> => {
  // A pipe or a terminal would wait for a reader or a writer.
  if (!(await stat(path)).isFile()) return ''
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    // One more, to see whether a line starts right there.
    const start = Math.max(0, size - TAIL_BYTES - 1)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES + 1), 0, TAIL_BYTES + 1, start)
    const bytes = buffer.subarray(0, bytesRead)
    return bytes.toString('utf8', bytesRead > TAIL_BYTES ? startIn(bytes) : 0)
  } finally {
    await handle.close()
  }
}

/** The end of a stream's file, for a message: whole lines where one ends there, at most 2 KiB. */
export const tailOf = (target: StreamTarget): Promise<string> =>
  typeof target === 'string' ? Promise.resolve('') : lastBytes(target.path).catch(() => '')
