import type { Variable } from 'eslint-scope'
import type { AnyFunction } from '../functions.js'
import { exportedBy } from './bindings.js'
import type { PackageCode } from './code.js'
import { moduleSourceAt } from './module-source.js'
import { packageCode } from './package-names.js'
import { packaged } from './packages.js'
import { isReassigned, type Plan } from './plan.js'
import type { TreeNode } from './tree.js'

const rootOf = (node: TreeNode): TreeNode =>
  node.type === 'MemberExpression' ? rootOf(node['object'] as TreeNode) : node

/** The superclass of a class as what its file imports, where the syntax says that it is of a package. */
export const importedSuperclass = ({ tree, node }: Plan, parent: AnyFunction): PackageCode | undefined => {
  const expression = node['superClass'] as TreeNode
  const scope = tree.scopes.acquire(node as never) as Variable['scope'] | null
  if (scope === null) return undefined
  const root = scope.through.find(({ identifier }) => (identifier as unknown) === rootOf(expression))?.resolved
  if (root && isReassigned(tree, root, node)) return undefined
  const source = moduleSourceAt(expression, scope)
  if (source === undefined) return undefined
  const { url } = tree.script
  const origin = packaged(source.from, url)
  const exported = exportedBy({ ...source, keys: source.keys.slice(0, 1) }, parent, url)
  if (origin === undefined || exported === undefined) return undefined
  return packageCode({ url, imported: { ...origin, ...exported }, keys: source.keys.slice(1) }, parent)
}
