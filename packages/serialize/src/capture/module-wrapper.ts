import type { Variable } from 'eslint-scope'
import type { ModuleTree } from './module-tree.js'
import { isArrow, isPlainFunction, type TreeNode } from './tree.js'

const isFunction = (node: TreeNode): boolean => isArrow(node) || isPlainFunction(node)

/** How loaders wrap a module into a function that they call once; each gives that function. */
const wrappers: readonly ((node: TreeNode) => TreeNode | undefined)[] = [
  // jest: ({"Object.<anonymous>": function (module, exports, require, …) { … }})
  (node) => {
    const [property, ...others] = node.type === 'ObjectExpression' ? (node['properties'] as readonly TreeNode[]) : []
    const value = property?.['value'] as TreeNode | undefined
    return others.length === 0 && value !== undefined && isPlainFunction(value) ? value : undefined
  },
  // vitest: async (__vite_ssr_exports__, …) => {{ … }}; tsx, and bundles as one function: (() => { … })()
  (node) => {
    const callee = node.type === 'CallExpression' ? (node['callee'] as TreeNode) : node
    return isFunction(callee) ? callee : undefined
  },
]

/** tsx puts `__filename = "…"` before the function; what is not parsed is empty. */
const besides = new Set(['AssignmentExpression', 'Literal', 'EmptyStatement'])

/** The function around a module, if the script is nothing else. */
export const wrapperOf = (body: readonly TreeNode[]): TreeNode | undefined => {
  const expressions = body.map((node) =>
    node.type === 'ExpressionStatement' ? (node['expression'] as TreeNode) : node,
  )
  const [expression, ...others] = expressions.filter(({ type }) => !besides.has(type))
  if (expression === undefined || others.length > 0) return undefined
  return wrappers.map((match) => match(expression)).find((found) => found !== undefined)
}

/** Whether a scope exists once: it is the module's own. */
export const isOfModule = ({ wrapper, parents }: ModuleTree, { block }: Variable['scope']): boolean => {
  const node = block as unknown as TreeNode
  if (node.type === 'Program') return true
  if (wrapper === undefined) return false
  return node === wrapper || (node.type === 'BlockStatement' && parents.get(node) === wrapper['body'])
}
