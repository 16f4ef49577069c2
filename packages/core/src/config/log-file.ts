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

const KEY = Symbol.for('@parsl/log-flushes')

const flushes = (): Set<() => void> => ((globalThis as { [KEY]?: Set<() => void> })[KEY] ??= new Set())
const flushAll = (): void => flushes().forEach((flush) => flush())

/** What is to be written when the process ends; one listener for all, since Node warns of many. Returns how to undo that. */
const atExit = (flush: () => void): (() => void) => {
  const all = flushes()
  if (all.size === 0) process.on('exit', flushAll)
  all.add(flush)
  return () => {
    all.delete(flush)
    if (all.size === 0) process.off('exit', flushAll)
  }
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
  const forget = atExit(flush)
  return {
    write: (line) => {
      waiting.push(line)
      writing ??= putAll()
    },
    close: async () => {
      while (writing) await writing
      forget()
      await closeFile(fd).catch(() => {})
    },
  }
}
