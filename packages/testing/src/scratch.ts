import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of a test's own, gone with its scope. */
export interface Scratch extends AsyncDisposable {
  readonly path: string
  /** The path of a name in it. */
  at(name: string): string
  /** Makes files that hold their own names, and the folders above them; a name that ends with `/` is a folder. */
  fill(...names: readonly string[]): Promise<void>
}

/** `await using folder = await scratch()` makes a folder that is removed, with all that is in it, at the end of the scope. */
export const scratch = async (): Promise<Scratch> => {
  const path = await mkdtemp(join(await realpath(tmpdir()), 'parsl-test-'))
  const make = async (name: string): Promise<void> => {
    const place = join(path, name)
    await mkdir(name.endsWith('/') ? place : dirname(place), { recursive: true })
    if (!name.endsWith('/')) await writeFile(place, name)
  }
  return {
    path,
    at: (name) => join(path, name),
    fill: async (...names) => {
      for (const name of names) await make(name)
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}
