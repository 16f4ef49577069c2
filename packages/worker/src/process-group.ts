import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 20

/** How long killed processes may take to be gone. One that is stuck in the kernel (a dead network file system) is left. */
const KILLED_MS = 2_000

/** Signals every process of a group. `false` where none is left. */
export const signalGroup = (pgid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-pgid, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a process is of the group and has not ended. The name, second in its line, may hold anything. */
const runsIn = async (pgid: number, pid: string): Promise<boolean> => {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'latin1')
    const [state = '', , group] = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return Number(group) === pgid && state !== 'Z' && state !== 'X'
  } catch (error) {
    return !['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')
  }
}

/** One after the other: a machine may have more processes than we may have open files. */
const runningAmong = async (pgid: number, pids: readonly string[]): Promise<readonly string[]> => {
  const running: string[] = []
  for (const pid of pids) if (await runsIn(pgid, pid)) running.push(pid)
  return running
}

/** Those of these processes that run in the group, or where none does, those of all; `undefined` where we cannot see. */
const runningIn = async (pgid: number, known: readonly string[]): Promise<readonly string[] | undefined> => {
  const still = await runningAmong(pgid, known)
  if (still.length > 0) return still
  const names = await readdir('/proc').catch(() => undefined)
  return names && runningAmong(pgid, names.filter(Number))
}

/** Waits until no process of a group runs. One that ended and was never reaped (no init in a container) does not count, where we can see it. */
const goneWithin = async (pgid: number, ms: number): Promise<void> => {
  const deadline = performance.now() + ms
  let running: readonly string[] | undefined
  while (signalGroup(pgid, 0)) {
    running = await runningIn(pgid, running ?? [])
    if (running?.length === 0 || performance.now() >= deadline) return
    await pause(POLL_MS)
  }
}

/** Ends every process of a group: SIGTERM, and after the grace period SIGKILL. Resolves when none runs any more. */
export const endGroup = async (pgid: number, graceMs: number): Promise<void> => {
  if (!signalGroup(pgid, 'SIGTERM')) return
  await goneWithin(pgid, graceMs)
  if (signalGroup(pgid, 'SIGKILL')) await goneWithin(pgid, KILLED_MS)
}
