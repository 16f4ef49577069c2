import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 25
/** Looking through `/proc` costs more than a signal. */
const LOOK_EVERY = 8
/** How long killed processes may take to be gone. One that is stuck in the kernel (a dead network file system) is left. */
const KILLED_MS = 2_000

/** Signals every process of a group. `false` where none is left. */
const signalGroup = (pgid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-pgid, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Group and state of a process. Its name, second in the line, may hold anything. */
const runsIn = async (pgid: number, pid: string): Promise<boolean> => {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  const [state = '', , group] = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return Number(group) === pgid && state !== 'Z' && state !== 'X'
}

/** Whether a process of the group runs. Those that have ended and are never reaped (a container without an init) take signals, too. */
const hasRunning = async (pgid: number): Promise<boolean> => {
  const names = await readdir('/proc').catch(() => undefined)
  if (names === undefined) return true
  for (const pid of names.filter(Number)) if (await runsIn(pgid, pid)) return true
  return false
}

const goneWithin = async (pgid: number, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms
  for (let round = 1; signalGroup(pgid, 0); round++) {
    if (round % LOOK_EVERY === 0 && !(await hasRunning(pgid))) return true
    if (performance.now() >= deadline) return false
    await pause(POLL_MS)
  }
  return true
}

/** Ends every process of a group: SIGTERM, and after the grace period SIGKILL. Resolves when none runs any more. */
export const endGroup = async (pgid: number, graceMs: number): Promise<void> => {
  if (!signalGroup(pgid, 'SIGTERM') || (await goneWithin(pgid, graceMs))) return
  if (signalGroup(pgid, 'SIGKILL')) await goneWithin(pgid, KILLED_MS)
}

/** The same as a command line, for whoever has nothing but a shell. */
export const endGroupCommand = (pgid: number, graceMs: number): readonly string[] => {
  const script = `kill -s TERM -- "-$1" 2>/dev/null || exit 0
tenths=0
while [ "$tenths" -lt "$2" ] && kill -s 0 -- "-$1" 2>/dev/null; do
  sleep 0.1
  tenths=$((tenths + 1))
done
kill -s KILL -- "-$1" 2>/dev/null
exit 0`
  return ['/bin/sh', '-c', script, 'end-group', String(pgid), String(Math.ceil(graceMs / 100))]
}
