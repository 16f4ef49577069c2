import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { WriteStream } from 'node:tty'
import { BadStdStreamFile, type StreamTarget, type TaskTry } from '@parsl/interfaces'
import { currentTask } from '../task-context.js'

type StreamName = 'stdout' | 'stderr'

/** Where the streams of a body go while it runs, by task: what it left behind may print later. */
export interface CapturedStreams {
  /** @throws BadStdStreamFile `PARSL_APP_STD_STREAM` where a file cannot be opened */
  open(attempt: TaskTry): void
  close(attempt: TaskTry): void
}

const openTarget = (stream: StreamName, target: StreamTarget): number | undefined => {
  if (typeof target === 'string') return undefined
  try {
    mkdirSync(dirname(target.path), { recursive: true })
    return openSync(target.path, target.mode)
  } catch (cause) {
    throw new BadStdStreamFile(stream, target.path, { cause })
  }
}

/** One stream of one task: its file, or `undefined` where nothing is kept. */
type Route = { readonly fd: number | undefined }

const routeOf = (stream: StreamName, target: StreamTarget): Route | undefined =>
  target === 'inherit' ? undefined : { fd: openTarget(stream, target) }

const encodingOf = (given: unknown): BufferEncoding => (typeof given === 'string' ? (given as BufferEncoding) : 'utf8')

/** Has a stream of this process write into the file of the task that prints. */
const divert = (stream: WriteStream, routes: ReadonlyMap<number, Route>): void => {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean
  const diverted = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const route = routes.size > 0 ? routes.get(currentTask()?.id ?? -1) : undefined
    if (!route) return write(chunk, ...rest)
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(rest[0])) : chunk
    for (let at = 0; route.fd !== undefined && at < bytes.byteLength;) at += writeSync(route.fd, bytes, at)
    const done = rest.at(-1)
    if (typeof done === 'function') process.nextTick(done as () => void)
    return true
  }
  Object.defineProperty(stream, 'write', { value: diverted, writable: true, configurable: true })
}

/** Has what bodies print go where their streams go. Commands of bash apps are given theirs directly. */
export const captureStreams = (): CapturedStreams => {
  const routes = { stdout: new Map<number, Route>(), stderr: new Map<number, Route>() }
  const names: readonly StreamName[] = ['stdout', 'stderr']
  for (const name of names) divert(process[name] as WriteStream, routes[name])
  const close = ({ taskId }: TaskTry): void => {
    for (const name of names) {
      const fd = routes[name].get(taskId)?.fd
      routes[name].delete(taskId)
      if (fd !== undefined) closeSync(fd)
    }
  }
  return {
    open: (attempt) => {
      if (attempt.spec.kind !== 'js') return
      try {
        for (const name of names) {
          const route = routeOf(name, attempt[name])
          if (route) routes[name].set(attempt.taskId, route)
        }
      } catch (error) {
        close(attempt)
        throw error
      }
    },
    close,
  }
}
