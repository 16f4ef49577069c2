import { hash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { globFiles } from '@parsl/data'
import type { ExpectedOutput } from '@parsl/interfaces'
import { type FileStates, meaningOfState } from './file-state.js'
import type { KeptOutput } from './store/entries.js'

/** Looks after the files that remembered calls made. */
export interface KeptOutputs {
  /** How the outputs of a call are now. Copies them, where copies are to be kept. */
  note(outputs: readonly ExpectedOutput[]): Promise<KeptOutput[]>
  /** Sees that the files are as they were, from copies where there are some; or tells why that cannot be. */
  restore(kept: readonly KeptOutput[]): Promise<string | undefined>
}

/** Copies to a name of its own, then renames: what has the name is whole. */
const copyWhole = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  const partial = join(dirname(to), `.${randomUUID()}.partial`)
  try {
    await cp(from, partial, { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE })
    await rename(partial, to)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined

interface OutputFile {
  readonly path: string
  readonly kind: KeptOutput['kind']
}

/** Each file that an output came to. What was made elsewhere is not looked at. */
const filesOf = async ({ kind, file }: ExpectedOutput): Promise<OutputFile[]> => {
  if (file.scheme !== 'file') return []
  if (kind !== 'glob') return [{ path: file.path, kind }]
  return (await globFiles(file)).map(({ path }) => ({ path, kind: 'file' }))
}

/** @param folder where copies are kept, by what is in them; `undefined` for none */
export const newKeptOutputs = (states: FileStates, folder: string | undefined): KeptOutputs => {
  const copyOf = async (path: string, state: string): Promise<string | undefined> => {
    if (folder === undefined) return undefined
    const copy = join(folder, hash('sha256', `${path} ${meaningOfState(state)}`, 'base64url'))
    if (!(await isThere(copy))) await copyWhole(path, copy)
    return copy
  }
  const note = async ({ path, kind }: OutputFile): Promise<KeptOutput> => {
    const state = await states.of(path)
    const copy = await copyOf(path, state)
    return { path, kind, state, ...(copy !== undefined && { copy }) }
  }
  const bring = async ({ path, state, copy }: KeptOutput): Promise<string | undefined> => {
    if (await states.isStill(path, state)) return undefined
    const lost = `its output ${path} ${(await states.of(path)) === 'absent' ? 'is gone' : 'has changed since'}`
    if (copy === undefined) return lost
    if (!(await states.isStill(copy, state))) return `${lost}, and so has the copy of it`
    await rm(path, { recursive: true, force: true })
    await copyWhole(copy, path)
    return undefined
  }
  return {
    note: async (outputs) => Promise.all((await Promise.all(outputs.map(filesOf))).flat().map(note)),
    restore: async (kept) => {
      const problems = await Promise.all(kept.map(bring))
      return problems.find((problem) => problem !== undefined)
    },
  }
}
