import type { Reference } from 'eslint-scope'
import type { ModuleTree } from './module-tree.js'
import { isArrow, isPlainFunction, type TreeNode, walk } from './tree.js'

export const exportsName = 'exports'

/** tsc turns an exported variable into a property of `exports`, read and assigned there even by its own module. */
const exportedKey = (target: unknown): string | undefined => {
  const { type, object, property } = target as TreeNode & { object?: TreeNode; property?: TreeNode }
  return type === 'MemberExpression' && object?.['name'] === exportsName ? (property?.['name'] as string) : undefined
}

const isInFunction = ({ parents, wrapper }: ModuleTree, node: TreeNode): boolean => {
  for (let at = parents.get(node); at !== undefined && at !== wrapper; at = parents.get(at)) {
    if (isArrow(at) || isPlainFunction(at)) return true
  }
  return false
}

/** Exports of a CommonJS module that its functions assign. */
export const assignedExports = (tree: ModuleTree): ReadonlySet<string> => {
  const keys = new Set<string>()
  for (const statement of tree.body) {
    walk(statement, (node) => {
      const key = exportedKey(node['left'] ?? node['argument'] ?? node)
      const assigns = node.type === 'AssignmentExpression' || node.type === 'UpdateExpression'
      if (assigns && key !== undefined && isInFunction(tree, node)) keys.add(key)
    })
  }
  return keys
}

/** Where a function of a CommonJS module names the module's `exports`. */
export const referencesToExports = ({ scopes }: ModuleTree, node: TreeNode): readonly Reference[] =>
  (scopes.acquire(node as never)?.through ?? []).filter(
    ({ identifier, resolved }) => resolved === null && identifier.name === exportsName,
  )
