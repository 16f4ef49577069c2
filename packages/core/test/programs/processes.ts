import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A process of a run. */
export interface RunProcess {
  readonly pid: number
  readonly command: string
}

const textOf = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** One that has ended and waits for its parent to look is none that is left. */
const isZombie = (pid: number): boolean => {
  const stat = textOf(pid, 'stat')
  return ['Z', 'X', ''].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3))
}

const all = (): readonly RunProcess[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .map((pid) => ({ pid, command: textOf(pid, 'cmdline').replaceAll('\0', ' ').trim() }))

/** Processes that carry the mark of a run. */
export const markedBy = (runId: string): readonly RunProcess[] =>
  all().filter(({ pid }) => textOf(pid, 'environ').split('\0').includes(`PARSL_RUN=${runId}`) && !isZombie(pid))

/** The guardian of a run: named by its title, and before that by the last of its arguments. */
export const guardiansOf = (runId: string): readonly RunProcess[] =>
  all().filter(
    ({ pid, command }) =>
      (command.startsWith(`parsl: guardian of ${runId}`) ||
        (command.includes('guardian') && command.endsWith(runId))) &&
      !isZombie(pid),
  )

/** A look at every process costs some milliseconds, and there may be several programs at once. */
const POLL_MS = 50

/** Waits until `left` finds nothing. The guard is far longer than that should take; past it, what is left is named. */
export const nothingLeft = async (what: string, left: () => readonly RunProcess[], guardMs = 20_000): Promise<void> => {
  const deadline = performance.now() + guardMs
  for (let found = left(); found.length > 0; found = left()) {
    if (performance.now() > deadline) {
      const list = found.map(({ pid, command }) => `  ${pid}: ${command.slice(0, 200)}`).join('\n')
      throw new Error(`${what} left processes behind:\n${list}`)
    }
    await pause(POLL_MS)
  }
}
