import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
const serialize = join(root, 'packages/serialize')
const cases = join(serialize, 'test/capture')

/** The program of the reviving side: plain Node, in the repository, where no loader and no case is. */
export const runner = join(cases, 'programs/run.ts')

/** A user's project with the cases in it. */
export interface Project extends AsyncDisposable {
  readonly dir: string
  readonly write: (file: string, text: string) => Promise<void>
}

const packages = { '@parsl/serialize': serialize, msgpackr: join(serialize, 'node_modules/msgpackr') }

const link = async (dir: string): Promise<void> => {
  for (const [name, target] of Object.entries(packages)) {
    const path = join(dir, 'node_modules', name)
    await mkdir(dirname(path), { recursive: true })
    await symlink(target, path)
  }
}

export const createProject = async (type: 'module' | 'commonjs'): Promise<Project> => {
  const dir = await mkdtemp(join(tmpdir(), 'parsl-matrix-'))
  const write = (file: string, text: string): Promise<void> => writeFile(join(dir, file), text)
  await write('package.json', JSON.stringify({ name: 'user', version: '1.0.0', type }))
  for (const part of ['corpus', 'matrix']) await cp(join(cases, part), join(dir, 'src', part), { recursive: true })
  await cp(join(cases, 'packages'), join(dir, 'node_modules'), { recursive: true })
  await link(dir)
  return { dir, write, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}
