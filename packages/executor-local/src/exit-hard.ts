import type { Logger } from '@parsl/interfaces'

const KEY = Symbol.for('@parsl/exit-hard')
type Holder = { [KEY]?: true }

/** Runs those that were added behind us, since nothing comes after. */
const runOthers = (exitCode: number): void => {
  const all = process.listeners('exit')
  for (const listener of all.slice(all.indexOf(replaceProgram) + 1)) listener(exitCode)
}

/** A program that wants to end waits for native code in its threads, however long that takes. Replacing it by another ends it at once, with its exit code. */
const replaceProgram = (exitCode: number): void => {
  runOthers(exitCode)
  const code = process.exitCode ?? exitCode
  if (typeof process.execve === 'function') process.execve('/bin/sh', ['sh', '-c', `exit ${code}`], {})
  process.kill(process.pid, 'SIGKILL')
}

/** Has the end of the program not wait for threads that cannot be ended. */
export const exitHard = (names: readonly string[], log: Logger): void => {
  log.warn({ workers: names }, 'threads are still in native code; the program will end without them')
  const holder = globalThis as Holder
  if (holder[KEY]) return
  holder[KEY] = true
  process.on('exit', replaceProgram)
}
