import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of a test's own, gone with its scope. */
export interface Scratch extends AsyncDisposable {
  readonly path: string
  /** Makes files, and the folders above them; a name that ends with `/` is a folder. */
  fill(...names: readonly string[]): Promise<void>
}

export const scratch = async (): Promise<Scratch> => {
  const path = await mkdtemp(join(tmpdir(), 'parsl-data-'))
  const make = async (name: string): Promise<void> => {
    const place = join(path, name)
    await mkdir(name.endsWith('/') ? place : dirname(place), { recursive: true })
    if (!name.endsWith('/')) await writeFile(place, name)
  }
  return {
    path,
    fill: async (...names) => {
      for (const name of names) await make(name)
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
