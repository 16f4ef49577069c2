import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

/** Which process writes a file. A process id is used again, so the time of its start is part of it; where it counts is told by host, boot and space of ids. */
export interface WriterMark {
  readonly runId: string
  readonly pid: number
  readonly started: string
  readonly host: string
  /** A digest of the machine's own id, empty where it has none. */
  readonly machine: string
  readonly boot: string
  readonly pidSpace: string
}

/** Whether a writer may still write; `unknown` where that cannot be seen from here. */
export type Liveness = 'alive' | 'ended' | 'unknown'

type Place = Pick<WriterMark, 'host' | 'machine' | 'boot' | 'pidSpace'>

const run = promisify(execFile)
const orNothing = (text: Promise<string>): Promise<string> => text.then((found) => found.trim()).catch(() => '')
const textOf = (path: string): Promise<string> => orNothing(readFile(path, 'utf8'))

const here = async (): Promise<Place> => {
  const id = await textOf('/etc/machine-id')
  return {
    host: hostname(),
    machine: id === '' ? '' : createHash('sha256').update(`parsl ${id}`).digest('hex').slice(0, 16),
    boot: await textOf('/proc/sys/kernel/random/boot_id'),
    pidSpace: await orNothing(readlink('/proc/self/ns/pid')),
  }
}

/** State and start of a process of Linux; its name, which stands before them, may hold anything. */
const statOf = async (pid: number): Promise<{ readonly state: string; readonly started: string } | undefined> => {
  const text = await textOf(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return text === '' ? undefined : { state: fields[0] ?? '', started: fields[19] ?? '' }
}

const startOf = async (pid: number): Promise<string> => {
  if (process.platform === 'linux') return (await statOf(pid))?.started ?? ''
  return orNothing(run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(({ stdout }) => stdout))
}

/** This process, as the writer of a file. */
export const ownMark = async (runId: string): Promise<WriterMark> => ({
  runId,
  pid: process.pid,
  started: await startOf(process.pid),
  ...(await here()),
})

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

const isRunningHere = async ({ pid, started }: WriterMark): Promise<boolean> => {
  if (!exists(pid)) return false
  const stat = await statOf(pid)
  if (stat !== undefined && ['Z', 'X'].includes(stat.state)) return false
  const now = await startOf(pid)
  return now === '' || started === '' || now === started
}

/** Where the system tells no boot, as macOS does not, the name of the host has to do. */
const isSameBoot = (mark: Place, place: Place): boolean =>
  mark.boot === place.boot && (mark.boot !== '' || mark.host === place.host)

/** Copies of a machine may have its id too, so its name must agree as well. */
const isSameMachine = (mark: Place, place: Place): boolean =>
  mark.host === place.host && mark.machine === place.machine && mark.machine !== ''

/** Whether the process that made a mark still runs. */
export const livenessOf = async (mark: WriterMark): Promise<Liveness> => {
  const place = await here()
  if (!isSameBoot(mark, place)) return isSameMachine(mark, place) ? 'ended' : 'unknown'
  if (mark.pidSpace !== place.pidSpace) return 'unknown'
  return (await isRunningHere(mark)) ? 'alive' : 'ended'
}

/** The mark in a file, or `undefined` where it is none. */
export const parseMark = (text: string): WriterMark | undefined => {
  try {
    const mark = JSON.parse(text) as WriterMark
    const texts = [mark.runId, mark.started, mark.host, mark.machine, mark.boot, mark.pidSpace]
    return Number.isSafeInteger(mark.pid) && mark.pid > 0 && texts.every((part) => typeof part === 'string')
      ? mark
      : undefined
  } catch {
    return undefined
  }
}
