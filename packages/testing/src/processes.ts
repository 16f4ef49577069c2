import { readdirSync, readFileSync } from 'node:fs'

/** A process of this machine. */
export interface SeenProcess {
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

/** State and parent. The name, second in its line, may hold anything. */
const statOf = (pid: number): readonly [state: string, parent: number] => {
  const stat = textOf(pid, 'stat')
  const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [state, Number(parent)]
}

/** Whether a process runs. One that has ended and waits for its parent to look does not. */
export const isRunning = (pid: number): boolean => !['Z', 'X', ''].includes(statOf(pid)[0])

const pids = (): readonly number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Processes that run now and that `isOne` picks by their command line. None where there is no `/proc`. */
export const processesWhere = (isOne: (process: SeenProcess) => boolean): readonly SeenProcess[] =>
  pids()
    .map((pid) => ({ pid, command: textOf(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter((process) => isOne(process) && isRunning(process.pid))

/** What a process has in its environment, as `NAME=value`. */
export const environmentOf = (pid: number): readonly string[] => textOf(pid, 'environ').split('\0')

/** Processes that run now and have `NAME=value` in their environment: children of a run carry the mark that its guardian gave them. */
export const processesWith = (mark: string): readonly SeenProcess[] =>
  processesWhere(({ pid }) => environmentOf(pid).includes(mark))

/** Children of this process that run now. */
export const ownChildren = (): readonly SeenProcess[] => processesWhere(({ pid }) => statOf(pid)[1] === process.pid)
