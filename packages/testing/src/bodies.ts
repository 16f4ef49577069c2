// What bodies of the suites call. It travels with them, so it uses nothing but Node and `task()`.
import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { task } from '@parsl/core'

/** Waits until a file is there. */
export const opened = async (path: string): Promise<string> => {
  while (!existsSync(path)) await pause(5)
  return path
}

/** Counts its calls for one file, in whatever processes they are. */
export const countUp = (path: string): number => {
  appendFileSync(path, '.')
  return statSync(path).size
}

/** Says by a file that it runs, waits for the signal of its task, and says that it came. */
export const untilAborted = async (path: string): Promise<void> => {
  const { signal } = task()
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  writeFileSync(path, '')
  if (!signal.aborted) await aborted
  writeFileSync(`${path}.told`, '')
}

/** Says by a file that it runs, and never ends. */
export const never = async (path: string): Promise<never> => {
  writeFileSync(path, '')
  for (;;) await pause(10_000)
}
