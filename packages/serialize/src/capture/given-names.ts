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

const required = (name: string, { url }: ModulePlace): Given => ({
  imports: [{ local: name, from: url, exported: 'require()' }],
})

const byName: Readonly<Record<string, (name: string, place: ModulePlace) => Given>> = {
  [viteMeta]: (name, place) => ({ values: { [name]: { ...place } } }),
  __vite_ssr_dynamic_import__: (name, { url }) => ({ imports: [{ local: name, from: url, exported: 'import()' }] }),
  require: required,
  __dirname: (name, { dirname }) => ({ values: { [name]: dirname } }),
  __filename: (name, { filename }) => ({ values: { [name]: filename } }),
}

/** What a loader gives to each CommonJS module, or to each module under a name of its own. */
export const givenByName = (name: string, place: ModulePlace): Given | undefined =>
  Object.hasOwn(byName, name) ? byName[name]?.(name, place) : undefined

/** The same for a variable; `require` may be called anything. */
export const givenTo = (name: string, value: unknown, place: ModulePlace): Given | undefined => {
  if (isRequire(value)) return required(name, place)
  return name.startsWith('__vite_ssr_') ? givenByName(name, place) : undefined
}
