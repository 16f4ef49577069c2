import { isObject } from '../is-object.js'
import { DeserializationError } from '@parsl/interfaces'
import { createRequire } from 'node:module'
import { compileFunction, constants } from 'node:vm'
import type { Imported, SourceCode } from '../capture/code.js'
import { packageOf } from '../capture/packages.js'
import { ModulesMissing } from '../errors.js'

const keysOf = (value: unknown): string[] => (isObject(value) ? Object.getOwnPropertyNames(value) : [])

/** Node finds some of the members of a CommonJS module, and puts them into its namespace. */
const isCommonJs = (namespace: object, exports: unknown): boolean =>
  keysOf(namespace).every(
    (key) =>
      ['default', 'module.exports'].includes(key) ||
      (isObject(exports) && Reflect.get(exports, key) === Reflect.get(namespace, key)),
  )

/** The namespace of a module as tools make it that turn ES modules into CommonJS: all members of either. */
const viewOf = (namespace: object, exports: unknown): object => {
  if (!isCommonJs(namespace, exports)) return namespace
  const view = Object.create(null) as object
  for (const from of [exports, namespace]) {
    for (const key of keysOf(from)) {
      const get = (): unknown => Reflect.get(from as object, key)
      Object.defineProperty(view, key, { get, enumerable: true, configurable: true })
    }
  }
  return Object.defineProperty(view, 'default', { value: exports, enumerable: true })
}

const isInterop = (exports: unknown): exports is object =>
  isObject(exports) && Reflect.get(exports, '__esModule') === true && 'default' in exports

/** Of Node's own modules there are only the exports. */
const namespaceOf = (module: object, from: string): object => (from.startsWith('node:') ? { default: module } : module)

const named = (holders: readonly unknown[], { exported, from }: Imported): unknown => {
  const holder = holders.find((object): object is object => isObject(object) && exported in object)
  if (holder !== undefined) return Reflect.get(holder, exported)
  throw new DeserializationError(`${from} has no export '${exported}' here`)
}

/** What was imported of a package's namespace, or of the exports of a module of Node's. */
const member = (module: object, imported: Imported): unknown => {
  const { exported, from, interop = false } = imported
  const namespace = namespaceOf(module, from)
  const exports: unknown = 'default' in namespace ? namespace.default : namespace
  if (interop && isInterop(exports)) return exported === '*' ? exports : named([exports], imported)
  if (exported === '*') return interop || namespace !== module ? viewOf(namespace, exports) : module
  return exported === 'default' ? exports : named([namespace, exports], imported)
}

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
  'namespace()': () => (exports: unknown) => (isInterop(exports) ? exports : viewOf({}, exports)),
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
    if (from.startsWith('node:')) return member(process.getBuiltinModule(from) as object, imported)
    return member(loaded.get(keyOf(imported, code)) as object, imported)
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
