import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'

/** Of one ticket. A page of memory holds whole ones, so none is ever seen in part. */
const BYTES = 4
/** More than lie with one process. */
const MOST = 256

/**
 * Whether a try may begin, asked by the process that has it: where its ticket is still there. Tickets lie in the order in which their tries were sent, and
 * of those that the pool read the tries must not begin.
 */
export const ticketsIn = (file: number): ((ticket: number) => boolean) => {
  const bytes = new Int32Array(1)
  let held: number | undefined
  return (ticket) => {
    if (held === undefined && readSync(file, bytes, 0, BYTES, null) === BYTES) [held] = bytes
    if (held !== ticket) return false
    held = undefined
    return true
  }
}

/** The pool's side: tickets of tries that were sent to one process, which shares no memory. */
export interface Tickets {
  /** For the process to read. */
  readonly file: number
  /** Gives so many tickets in order, the number of the first. */
  issue(count: number): number
  /** Takes those that nobody has taken. */
  recall(): readonly number[]
  close(): void
}

/** A file without a name that pool and process have open with one position, where they read on: what one of them has read, the other cannot. */
export const newTickets = (path: string): Tickets => {
  const file = openSync(path, 'w+')
  rmSync(path)
  const written = new Int32Array(MOST)
  let count = 0
  return {
    file,
    issue: (more) => {
      const first = count
      for (let index = 0; index < more; index++) written[index] = count++
      writeSync(file, written, 0, more * BYTES, first * BYTES)
      return first
    },
    recall: () => {
      const found = new Int32Array(MOST)
      const length = readSync(file, found, 0, found.byteLength, null)
      return [...found.subarray(0, length / BYTES)]
    },
    close: () => closeSync(file),
  }
}
