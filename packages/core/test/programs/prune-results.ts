/** Prunes checkpoints; dies by SIGKILL right before the change of the file system with a given number, or half-way through it. */
import promises, { type FileHandle, open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const [, , runDir = '', at = '0'] = process.argv
let left = Number(at)

type Change = (...args: never[]) => Promise<unknown>
const counted =
  (change: Change): Change =>
  (...args) => {
    left--
    if (left === 0) process.kill(process.pid, 'SIGKILL')
    return change(...args)
  }

const patch = (target: object, names: readonly string[]): void => {
  for (const name of names) {
    const change = (target as Record<string, Change>)[name] as Change
    Object.assign(target, {
      [name](this: unknown, ...args: never[]) {
        return counted((...given) => change.apply(this, given))(...args)
      },
    })
  }
}

const run = async (): Promise<void> => {
  const file: FileHandle = await open('/dev/null')
  patch(Object.getPrototypeOf(file) as object, ['appendFile', 'chmod', 'sync', 'datasync'])
  await file.close()
  patch(promises, ['rename', 'unlink', 'rm', 'rmdir'])
  syncBuiltinESMExports()
  const { pruneCheckpoints } = await import('../../src/memo/store/prune.js')
  process.stdout.write('ready\n')
  const { dropped } = await pruneCheckpoints({ runDir })
  process.stdout.write(`dropped ${dropped}\n`)
}
void run()
