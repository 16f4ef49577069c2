import type { Imported, ModulePlace } from './code.js'
import type { TreeNode } from './tree.js'

/** What vite and vitest call `import.meta`. */
const viteMeta = '__vite_ssr_import_meta__'

export const isMeta = (node: TreeNode): boolean =>
  (node.type === 'MetaProperty' && (node['meta'] as TreeNode)['name'] === 'import') ||
  (node.type === 'Identifier' && node['name'] === viteMeta)

const isRequire = (value: unknown): boolean =>
  typeof value === 'function' && ['resolve', 'cache', 'extensions'].every((key) => Object.hasOwn(value, key))

/** How what a loader gives to a module travels. */
export interface Given {
  readonly values?: Readonly<Record<string, unknown>>
  readonly imports?: readonly Imported[]
}

type Give = (name: string, place: ModulePlace) => Given

const imported =
  (exported: string): Give =>
  (local, { url }) => ({ imports: [{ local, from: url, exported }] })

/** Names that tools give, which no user does. */
const ofTools: Readonly<Record<string, Give>> = {
  [viteMeta]: (name, place) => ({ values: { [name]: { ...place } } }),
  __vite_ssr_dynamic_import__: imported('import()'),
  // swc and Babel keep a cache in it that cannot travel
  _interop_require_wildcard: imported('namespace()'),
  _interopRequireWildcard: imported('namespace()'),
}

const ofCommonJs: Readonly<Record<string, Give>> = {
  require: imported('require()'),
  __dirname: (name, { dirname }) => ({ values: { [name]: dirname } }),
  __filename: (name, { filename }) => ({ values: { [name]: filename } }),
}

const from =
  (table: Readonly<Record<string, Give>>) =>
  (name: string, place: ModulePlace): Given | undefined =>
    Object.hasOwn(table, name) ? table[name]?.(name, place) : undefined

/** What a tool gives to each module, or puts into it. */
export const givenByTool = from(ofTools)

/** What each CommonJS module has. */
export const givenToCommonJs = from(ofCommonJs)

/** `require`, whatever it is called. */
export const givenAsRequire = (name: string, value: unknown, place: ModulePlace): Given | undefined =>
  isRequire(value) ? imported('require()')(name, place) : undefined
