import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of a test's own, gone with its scope. */
export interface Scratch extends AsyncDisposable {
  readonly path: string
  at(name: string): string
}

export const scratch = async (): Promise<Scratch> => {
  const path = await mkdtemp(join(tmpdir(), 'parsl-worker-'))
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
