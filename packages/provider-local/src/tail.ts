import { open } from 'node:fs/promises'

const MOST_BYTES = 4_096
const MOST_LINES = 20

/** The end of a file, in whole lines as far as they fit; nothing where it cannot be read. */
export const tailOf = async (path: string): Promise<string> => {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const start = Math.max(0, size - MOST_BYTES)
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start })
    const lines = buffer.subarray(0, bytesRead).toString().trimEnd().split('\n')
    const isCut = start > 0 && lines.length > 1
    return lines
      .slice(isCut ? 1 : 0)
      .slice(-MOST_LINES)
      .join('\n')
  } catch {
    return ''
  }
}
