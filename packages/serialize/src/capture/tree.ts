import { createHash } from 'node:crypto'

/** A node of a syntax tree, as acorn makes it. */
export interface TreeNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export const isNode = (value: unknown): value is TreeNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

type Visit = (child: TreeNode) => void

const eachNode = (values: readonly unknown[], visit: Visit): void => {
  for (const value of values) if (isNode(value)) visit(value)
}

const eachChild = (node: TreeNode, visit: Visit): void => {
  for (const key in node) {
    const value = node[key]
    if (Array.isArray(value)) eachNode(value, visit)
    else if (isNode(value)) visit(value)
  }
}

/** The nodes directly below a node. */
export const childrenOf = (node: TreeNode): TreeNode[] => {
  const children: TreeNode[] = []
  eachChild(node, (child) => children.push(child))
  return children
}

/** Calls `visit` for the node and everything below; what is below is left out where `visit` returns false. */
export const walk = (
  node: TreeNode,
  visit: (node: TreeNode, parent: TreeNode | undefined) => boolean | void,
  parent?: TreeNode,
): void => {
  if (visit(node, parent) === false) return
  eachChild(node, (child) => walk(child, visit, node))
}

export const isClass = ({ type }: TreeNode): boolean => type === 'ClassDeclaration' || type === 'ClassExpression'

export const isArrow = ({ type }: TreeNode): boolean => type === 'ArrowFunctionExpression'

/** A function with a `this` of its own. */
export const isPlainFunction = ({ type }: TreeNode): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression'

export const membersOf = (node: TreeNode): readonly TreeNode[] =>
  (node['body'] as TreeNode)['body'] as readonly TreeNode[]

export const constructorOf = (node: TreeNode): TreeNode | undefined =>
  membersOf(node).find((member) => member['kind'] === 'constructor')?.['value'] as TreeNode | undefined

const positions = new Set(['start', 'end', 'raw', 'loc', 'range'])

const write = (value: unknown, put: (text: string) => void): void => {
  if (Array.isArray(value)) {
    put('[')
    for (const item of value) write(item, put)
    put(']')
  } else if (value instanceof RegExp) {
    put(String(value))
  } else if (typeof value === 'object' && value !== null) {
    put('{')
    for (const [key, item] of Object.entries(value)) {
      if (positions.has(key)) continue
      put(`${key}:`)
      write(item, put)
    }
    put('}')
  } else {
    put(`${typeof value} ${JSON.stringify(typeof value === 'bigint' ? String(value) : (value ?? null))};`)
  }
}

/** A hash that positions, comments and formatting do not change. */
export const treeHash = (node: TreeNode): string => {
  const parts: string[] = []
  write(node, (text) => parts.push(text))
  return createHash('sha256').update(parts.join('')).digest('base64url').slice(0, 27)
}
