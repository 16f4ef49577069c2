import { SerializationError } from '@parsl/interfaces'
import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { types } from 'node:util'
import { fileURLToPath } from 'node:url'
import type { Imported, ModulePlace } from './code.js'
import type { ScopeValues } from './inspector.js'
import { type ModuleSource, moduleSourceOf } from './module-source.js'
import { defaultOf, isViewOf } from './namespaces.js'
import { packaged } from './packages.js'
import type { FreeName, Plan } from './plan.js'

const nodeModule = (from: string): string => (from.startsWith('node:') ? from : `node:${from}`)

type Exported = Pick<Imported, 'exported' | 'interop'>

/** What `require` gives is all that the module exports; of a module that is no CommonJS, its namespace. */
const ofExports = ([key]: readonly string[], value: unknown): Exported => {
  if (key === 'default') return { exported: key, interop: true }
  return { exported: key ?? (types.isModuleNamespaceObject(value) ? '*' : 'default') }
}

/** How what a variable holds is found in its module; undefined if it was made of it in some other way. */
export const exportedBy = (source: ModuleSource, value: unknown, url: string): Exported | undefined => {
  const { gives, keys } = source
  if (keys.length > 1) return undefined
  if (gives === 'exports') return ofExports(keys, value)
  if (gives === 'namespace' && keys[0] !== undefined) return { exported: keys[0] }
  if (gives === 'made' && (keys.length > 0 || !isViewOf(value, source, url))) return undefined
  return { exported: '*', ...(!types.isModuleNamespaceObject(value) && defaultOf(value)) }
}

/** How an imported variable travels if it comes from a `node:` module or a package. */
export const importOf = (
  { tree }: Plan,
  { name, variable, reassigned }: FreeName,
  scopes: readonly ScopeValues[],
): Imported | undefined => {
  const source = reassigned ? undefined : moduleSourceOf(variable)
  if (source === undefined) return undefined
  const { url } = tree.script
  const origin = isBuiltin(source.from)
    ? { from: nodeModule(source.from) }
    : tree.once(source.from, () => packaged(source.from, url))
  if (origin === undefined) return undefined
  const value = scopes.find((values) => Object.hasOwn(values, name))?.[name]
  const exported = exportedBy(source, value, url)
  return exported === undefined ? undefined : { local: name, ...origin, ...exported }
}

/** The scope that holds a variable, as a copy of its values. */
export const scopeOf = (scopes: readonly ScopeValues[], { name }: FreeName, path: string): ScopeValues => {
  const scope = scopes.find((values) => Object.hasOwn(values, name))
  if (scope !== undefined) return scope
  throw new SerializationError(
    `${path} › ${name}`,
    'its value is not visible here (only a computed key uses it, or it has none yet); write the key out, or pass it as an argument',
  )
}

export const placeOfModule = (url: string): ModulePlace => {
  const filename = url.startsWith('file:') ? fileURLToPath(url) : url
  return { url, dirname: dirname(filename), filename }
}
