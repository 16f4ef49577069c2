import { isObject } from '../is-object.js'
import { DeserializationError } from '@parsl/interfaces'
import { createRequire } from 'node:module'
import type { Imported, SourceCode } from '../capture/code.js'
import { ModulesMissing } from '../errors.js'
import { loadPackage } from './load-package.js'

const member = (module: unknown, { exported, from }: Imported): unknown => {
  if (exported === '*') return module
  if (isObject(module) && exported in module) return Reflect.get(module, exported)
  if (exported === 'default') return module
  throw new DeserializationError(`${from} has no export '${exported}' here`)
}

export const createModules = () => {
  const loaded = new Map<string, unknown>()
  const keyOf = ({ from }: Imported, { url }: SourceCode): string => JSON.stringify([from, url])

  const find = (imported: Imported, code: SourceCode): unknown => {
    const { from, exported } = imported
    if (exported === 'require()') return createRequire(from)
    if (from.startsWith('node:')) return member(process.getBuiltinModule(from), imported)
    return member(loaded.get(keyOf(imported, code)), imported)
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
        for (const need of missing) loaded.set(keyOf(need.imported, need.code), await loadPackage(need))
      })
    },
    values: (code: SourceCode): Record<string, unknown> =>
      Object.fromEntries(code.imports.map((imported) => [imported.local, find(imported, code)])),
  }
}
