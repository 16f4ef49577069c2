import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes the program of workers into a folder and gives its path. It travels within this package as text, so that bundles and remote
 * machines have it.
 */
export const writeWorkerProgram = async (dir: string): Promise<string> => {
  const { workerProgram } = await import('./program-text.js')
  const path = join(dir, 'worker.mjs')
  await writeFile(path, workerProgram)
  return path
}
