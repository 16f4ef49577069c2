import { DeserializationError } from '@parsl/interfaces'
import { createRequire } from 'node:module'
import { compileFunction, constants } from 'node:vm'
import type { Imported, SourceCode } from '../capture/code.js'
import { packageOf } from '../capture/packages.js'
import { ModulesMissing } from '../errors.js'
import { asNamespace, member } from './members.js'

/** Imports as the user's file would, if it is here too, and else as the program does. */
const importFrom = async (from: string, url: string): Promise<unknown> => {
  const importing = (filename: string): Promise<unknown> => {
    const load = compileFunction('return import(specifier)', ['specifier'], {
      filename,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as (specifier: string) => Promise<unknown>
    return load(from)
  }
  try {
    return await importing(url)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    return importing(`${process.cwd()}/package.json`)
  }
}

/** What every module has, or tools put into it, for the module at an address. */
const given: Readonly<Record<string, (url: string) => unknown>> = {
  'require()': (url) => createRequire(url),
  'import()': (url) => (specifier: string) => importFrom(specifier, url),
  'namespace()': () => asNamespace,
}

const checkVersion = ({ from, package: wanted }: Imported, url: string): void => {
  const here = packageOf(from, url) ?? packageOf(from, `${process.cwd()}/package.json`)
  if (here !== undefined && here !== wanted) {
    throw new DeserializationError(
      `a function needs ${String(wanted)}, and ${here} is installed here; install the same`,
    )
  }
}

export const createModules = () => {
  const loaded = new Map<string, unknown>()
  const keyOf = ({ from }: Imported, { url }: SourceCode): string => JSON.stringify([from, url])

  const find = (imported: Imported, code: SourceCode): unknown => {
    const { from, exported } = imported
    const give = Object.hasOwn(given, exported) ? given[exported] : undefined
    if (give !== undefined) return give(from)
    const module = from.startsWith('node:') ? process.getBuiltinModule(from) : loaded.get(keyOf(imported, code))
    return member(module as object, imported)
  }

  return {
    /** @throws `ModulesMissing` if a package must be loaded first. */
    prepare: (codes: readonly SourceCode[]): void => {
      const missing = codes.flatMap((code) =>
        code.imports
          .filter((imported) => imported.package !== undefined && !loaded.has(keyOf(imported, code)))
          .map((imported) => ({ imported, code })),
      )
      if (missing.length === 0) return
      throw new ModulesMissing(async () => {
        for (const { imported, code } of missing) {
          checkVersion(imported, code.url)
          loaded.set(keyOf(imported, code), await importFrom(imported.from, code.url))
        }
      })
    },
    values: (code: SourceCode): Record<string, unknown> =>
      Object.fromEntries(code.imports.map((imported) => [imported.local, find(imported, code)])),
  }
}
