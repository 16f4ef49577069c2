import { access, constants, mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { RunDirError } from '@parsl/interfaces'

const TRIES = 1_000

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'

const makeNext = async (base: string): Promise<string> => {
  const numbers = (await readdir(base)).filter((name) => /^\d+$/.test(name)).map(Number)
  const first = Math.max(-1, ...numbers) + 1
  for (let number = first; number < first + TRIES; number++) {
    const path = join(base, String(number).padStart(3, '0'))
    try {
      await mkdir(path)
      return path
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  throw new Error(`${TRIES} names from ${first} on are taken`)
}

/**
 * Makes the next numbered folder below `base` (`000`, `001`, ...), which no other run has, even one that starts now.
 * @throws RunDirError `PARSL_RUN_DIR`
 */
export const makeRunDir = async (base: string): Promise<string> => {
  const folder = resolve(base)
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return await makeNext(folder)
  } catch (cause) {
    throw new RunDirError(folder, { cause })
  }
}
