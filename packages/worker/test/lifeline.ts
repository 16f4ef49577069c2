import { execFile } from 'node:child_process'
import { close, open } from 'node:fs'
import { constants, readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

/** Makes a named pipe: who reads it waits for who writes. */
export const makePipe = (path: string): Promise<unknown> => promisify(execFile)('mkfifo', [path])

/**
 * A named pipe that processes open for writing and hand down to their children: they say through it what they have come to,
 * and it ends when the last of them is gone.
 */
export interface Lifeline extends AsyncDisposable {
  readonly path: string
  /** The next line that a process wrote. */
  line(): Promise<string>
  /** Lines up to the end, which comes when no process holds the pipe. */
  end(): Promise<string[]>
}

export const lifeline = async (path: string): Promise<Lifeline> => {
  await makePipe(path)
  // Resolves when the first process opens it.
  const reading = promisify(open)(path, constants.O_RDONLY).then((fd) => {
    const input = new Socket({ fd, readable: true, writable: false })
    return { input, lines: createInterface({ input })[Symbol.asyncIterator]() }
  })
  return {
    path,
    line: async () => {
      const { value, done } = await (await reading).lines.next()
      if (done === true) throw new Error('every process ended without another line')
      return value
    },
    end: async () => {
      const rest: string[] = []
      for await (const line of (await reading).lines) rest.push(line)
      return rest
    },
    [Symbol.asyncDispose]: async () => {
      const other = await promisify(open)(path, constants.O_RDWR | constants.O_NONBLOCK)
      const { input } = await reading
      input.destroy()
      await promisify(close)(other)
    },
  }
}

/** Whether a process runs. One that ended and was not reaped yet does not. */
export const isRunning = async (pid: number | string): Promise<boolean> => {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  return line !== '' && !/^[ZX]/.test(line.slice(line.lastIndexOf(')') + 2))
}
