import { mkdir, open } from 'node:fs/promises'
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

/** The end of a stream's file, for a message: whole lines, at most 2 KiB. */
export const tailOf = async (target: StreamTarget): Promise<string> => {
  if (typeof target === 'string') return ''
  const handle = await open(target.path, 'r').catch(() => undefined)
  if (!handle) return ''
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start)
    const text = buffer.toString('utf8', 0, bytesRead)
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await handle.close()
  }
}
