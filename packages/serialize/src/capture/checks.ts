import { isMeta } from './given-names.js'
import type { ModuleTree } from './module-tree.js'
import { isArrow, isClass, isNode, isPlainFunction, membersOf, type TreeNode, walk } from './tree.js'

/** Whether `this`, `super` and the like inside this node belong to it and not to what encloses it. */
const ownsThis = (node: TreeNode): boolean =>
  isPlainFunction(node) || isClass(node) || node.type === 'PropertyDefinition' || node.type === 'StaticBlock'

/** Nodes that use what a function around them would provide. */
const lexical = (root: TreeNode): TreeNode[] => {
  const found: TreeNode[] = []
  walk(root, (node) => {
    if (node !== root && ownsThis(node)) return false
    if (node.type === 'ThisExpression' || node.type === 'Super') found.push(node)
    if (node.type === 'MetaProperty' && (node['meta'] as TreeNode)['name'] === 'new') found.push(node)
    return true
  })
  return found
}

const isEnclosed = ({ parents, script, wrapper }: ModuleTree, node: TreeNode): boolean => {
  if (!script.isModule && wrapper === undefined) return true
  for (let at = parents.get(node); at !== undefined; at = parents.get(at)) {
    if (ownsThis(at)) return at !== wrapper
  }
  return false
}

const uses = {
  ThisExpression:
    'it is an arrow function that uses the `this` of what encloses it; write `const self = this` there and use `self`',
  Super: 'it uses `super`, which belongs to the object or class around it; capture the instance and call its method',
  MetaProperty: 'it is an arrow function that uses `new.target` of what encloses it; put it into a variable first',
} as const

const lexicalReason = (tree: ModuleTree, node: TreeNode): string | undefined => {
  if (isClass(node)) return undefined
  const found = lexical(node)
  const bad = isArrow(node)
    ? isEnclosed(tree, node)
      ? found[0]
      : undefined
    : found.find(({ type }) => type === 'Super')
  return bad === undefined ? undefined : uses[bad.type as keyof typeof uses]
}

const privateNamesOf = (node: TreeNode): string[] =>
  membersOf(node)
    .map((member) => member['key'])
    .filter((key): key is TreeNode => isNode(key) && key.type === 'PrivateIdentifier')
    .map((key) => key['name'] as string)

const undeclaredPrivate = (node: TreeNode, declared: ReadonlySet<string>): string | undefined => {
  const known = isClass(node) ? new Set([...declared, ...privateNamesOf(node)]) : declared
  if (node.type === 'PrivateIdentifier' && !known.has(node['name'] as string)) return node['name'] as string
  for (const child of Object.values(node).flat()) {
    const found = isNode(child) ? undeclaredPrivate(child, known) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const isEvalCall = (node: TreeNode): boolean =>
  node.type === 'CallExpression' && (node['callee'] as TreeNode)['name'] === 'eval'

const supportedMeta = new Set(['url', 'dirname', 'filename'])

const badMeta = (node: TreeNode): boolean => {
  if (node.type !== 'MemberExpression' || !isMeta(node['object'] as TreeNode)) return false
  return node['computed'] === true || !supportedMeta.has((node['property'] as TreeNode)['name'] as string)
}

const isBareMeta = (node: TreeNode, parent: TreeNode | undefined): boolean =>
  isMeta(node) && parent?.type !== 'MemberExpression'

const reasonOf = (node: TreeNode, parent: TreeNode | undefined): string | undefined => {
  if (isEvalCall(node)) {
    return 'it calls eval, which may read any variable around it; use new Function and pass what it needs'
  }
  if (node.type === 'WithStatement') return 'it uses `with`; name the object instead'
  if (badMeta(node) || isBareMeta(node, parent)) {
    return 'of import.meta only url, dirname and filename travel; compute the rest outside and capture it'
  }
  return undefined
}

const formReason = (root: TreeNode): string | undefined => {
  let reason: string | undefined
  walk(root, (node, parent) => {
    reason ??= reasonOf(node, parent)
  })
  return reason
}

/** Why a function or class cannot leave its place, with what to do; undefined if it can. */
export const reasonToStay = (tree: ModuleTree, node: TreeNode): string | undefined => {
  const reason = formReason(node) ?? lexicalReason(tree, node)
  if (reason !== undefined) return reason
  const name = undeclaredPrivate(node, new Set())
  if (name === undefined) return undefined
  return `it uses the private name #${name} of the class around it; capture the class or an instance instead`
}
