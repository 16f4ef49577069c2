import { createRequire } from 'node:module'
import type { Imported, SourceCode } from '../capture/code.js'
import { ModulesMissing } from '../errors.js'
import { importFrom, loadPackage } from './load-package.js'
import { asNamespace, member } from './members.js'

/** What every module has, or tools put into it, for the module at an address. */
const given: Readonly<Record<string, (url: string) => unknown>> = {
  'require()': (url) => createRequire(url),
  'import()': (url) => (specifier: string) => importFrom(specifier, url),
  'namespace()': () => asNamespace,
}

/** Code that imports. */
type Importing = Pick<SourceCode, 'name' | 'url' | 'line' | 'imports'>

export const createModules = () => {
  const loaded = new Map<string, unknown>()
  const keyOf = ({ from }: Imported, { url }: Importing): string => JSON.stringify([from, url])

  const find = (imported: Imported, code: Importing): unknown => {
    const { from, exported } = imported
    const give = Object.hasOwn(given, exported) ? given[exported] : undefined
    if (give !== undefined) return give(from)
    const module = from.startsWith('node:') ? process.getBuiltinModule(from) : loaded.get(keyOf(imported, code))
    return member(module as object, imported)
  }

  return {
    /** @throws `ModulesMissing` if a package must be loaded first. */
    prepare: (codes: readonly Importing[]): void => {
      const missing = codes.flatMap((code) =>
        code.imports
          .filter((imported) => imported.package !== undefined && !loaded.has(keyOf(imported, code)))
          .map((imported) => ({ imported, code })),
      )
      if (missing.length === 0) return
      throw new ModulesMissing(async () => {
        for (const need of missing) loaded.set(keyOf(need.imported, need.code), await loadPackage(need))
      })
    },
    values: (code: Importing): Record<string, unknown> =>
      Object.fromEntries(code.imports.map((imported) => [imported.local, find(imported, code)])),
  }
}
