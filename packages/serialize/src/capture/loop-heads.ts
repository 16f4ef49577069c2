import type { Reference, Variable } from 'eslint-scope'
import type { ModuleTree } from './module-tree.js'
import { isNode, type TreeNode } from './tree.js'

const holds = (outer: unknown, { start, end }: Pick<TreeNode, 'start' | 'end'>): boolean =>
  isNode(outer) && start >= outer.start && end <= outer.end

/** The `for` whose head declares a variable by `let`. */
const loopOf = ({ parents }: ModuleTree, { defs }: Variable): TreeNode | undefined => {
  const declaration = defs[0]?.parent as unknown as TreeNode | null | undefined
  const loop = declaration?.['kind'] === 'let' ? parents.get(declaration) : undefined
  return loop?.type === 'ForStatement' && loop['init'] === declaration ? loop : undefined
}

/**
 * Whether an assignment is the head's of a loop `for (let i = 0; i < n; i++)`, in whose body a function stands. Each turn has a variable of its own, which
 * gets its value before the body runs: what the head assigns afterwards is the next one.
 */
export const isOfHead = (
  tree: ModuleTree,
  { variable, node }: { readonly variable: Variable; readonly node: TreeNode },
  { identifier, from }: Reference,
): boolean => {
  const loop = loopOf(tree, variable)
  if (loop === undefined || !holds(loop['body'], node)) return false
  const place = identifier as unknown as TreeNode
  const isInHead = holds(loop['test'], place) || holds(loop['update'], place)
  // A function in the head may be called at any time.
  return isInHead && from.variableScope === variable.scope.variableScope
}
