import { open } from 'node:fs/promises'

const MOST_BYTES = 8_192
const MOST_LINES = 20

/** The last lines of a file; nothing where it cannot be read. */
export const logTail = async (path: string): Promise<string> => {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const position = Math.max(0, size - MOST_BYTES)
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - position), position })
    const lines = buffer.subarray(0, bytesRead).toString().trimEnd().split('\n')
    return lines.slice(-MOST_LINES).join('\n')
  } catch {
    return ''
  }
}
