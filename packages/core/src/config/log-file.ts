import { close, openSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { tell } from '../life/tell.js'

const writeTo = promisify(write)
const closeFile = promisify(close)

/** A file at whose end lines are put. */
export interface LogFile {
  /** Puts the line there soon, or when the process ends. Never throws. */
  write(line: string): void
  /** Resolves when everything is written, or cannot be. */
  close(): Promise<void>
}

/** Opens a file for lines. A disk that is full costs lines, and not the program. */
export const openLogFile = (path: string): LogFile => {
  const fd = openSync(path, 'a')
  const waiting: string[] = []
  let writing: Promise<void> | undefined
  let hasFailed = false

  const put = async (bytes: Buffer): Promise<void> => {
    for (let at = 0; at < bytes.length;) at += (await writeTo(fd, bytes, at)).bytesWritten
  }
  const putAll = async (): Promise<void> => {
    try {
      while (waiting.length > 0) await put(Buffer.from(waiting.splice(0).join('')))
    } catch (error) {
      if (!hasFailed) tell(`parsl: the log cannot be written: ${(error as Error).message}\n`)
      hasFailed = true
    } finally {
      writing = undefined
    }
  }
  const flush = (): void => {
    try {
      writeSync(fd, waiting.splice(0).join(''))
    } catch {
      return
    }
  }
  process.on('exit', flush)
  return {
    write: (line) => {
      waiting.push(line)
      writing ??= putAll()
    },
    close: async () => {
      while (writing) await writing
      process.off('exit', flush)
      await closeFile(fd).catch(() => {})
    },
  }
}
