import type { Variable } from 'eslint-scope'
import { isNode, type TreeNode } from './tree.js'

/** What a variable holds, if the syntax says that it comes from a module. */
export interface ModuleSource {
  readonly from: string
  /** `exports` is what `require` gives, `namespace` what `import *` does; a call around `require` may make anything of it. */
  readonly gives: 'exports' | 'namespace' | 'made'
  /** What is taken of it, outermost first. */
  readonly keys: readonly string[]
}

/** Functions that give a module for its name, under the names that loaders and bundlers have for them. */
const loading: Readonly<Record<string, ModuleSource['gives']>> = {
  require: 'exports',
  // esbuild, in ES modules
  __require: 'exports',
  // vite and vitest
  __vite_ssr_import__: 'namespace',
  __vite_ssr_dynamic_import__: 'namespace',
}

type Read = (node: TreeNode, scope: Variable['scope']) => ModuleSource | undefined

const literal = (node: TreeNode | undefined): string | undefined =>
  node?.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : undefined

/** What a member expression or a property names. */
export const keyOf = (node: TreeNode): string | undefined => {
  const key = (node['property'] ?? node['key']) as TreeNode
  return node['computed'] === true ? undefined : ((key['name'] ?? key['value']) as string)
}

const within = (source: ModuleSource | undefined, key: string | undefined): ModuleSource | undefined =>
  source === undefined || key === undefined ? undefined : { ...source, keys: [...source.keys, key] }

const visible = (name: string, scope: Variable['scope'] | null): Variable | undefined =>
  scope === null ? undefined : (scope.set.get(name) ?? visible(name, scope.upper))

/** The variable that an identifier names; one that comes later may lead back here. */
const before = (node: TreeNode, scope: Variable['scope']): Variable | undefined => {
  const variable = visible(node['name'] as string, scope)
  const start = (variable?.identifiers[0] as TreeNode | undefined)?.start ?? Infinity
  return start < node.start ? variable : undefined
}

/** How expressions that give a module are written. */
const readers: Readonly<Record<string, Read>> = {
  AwaitExpression: (node, scope) => read(node['argument'] as TreeNode, scope),
  MemberExpression: (node, scope) => within(read(node['object'] as TreeNode, scope), keyOf(node)),
  ImportExpression: (node) => {
    const from = literal(node['source'] as TreeNode)
    return from === undefined ? undefined : { from, gives: 'namespace', keys: [] }
  },
  CallExpression: (node, scope) => {
    const [first] = node['arguments'] as readonly TreeNode[]
    const from = literal(first)
    const gives = loading[(node['callee'] as TreeNode)['name'] as string]
    if (from !== undefined) return gives === undefined ? undefined : { from, gives, keys: [] }
    const inner = first === undefined ? undefined : read(first, scope)
    return inner?.gives === 'exports' && inner.keys.length === 0 ? { ...inner, gives: 'made' } : undefined
  },
  Identifier: (node, scope) => {
    const variable = before(node, scope)
    return variable === undefined ? undefined : moduleSourceOf(variable)
  },
}

const read: Read = (node, scope) => readers[node.type]?.(node, scope)

/** Where the value of an expression comes from. */
export const moduleSourceAt = read

const ofPattern = (pattern: TreeNode, name: string): string | undefined => {
  const properties = pattern.type === 'ObjectPattern' ? (pattern['properties'] as readonly TreeNode[]) : []
  const found = properties.find(({ value }) => isNode(value) && value.type === 'Identifier' && value['name'] === name)
  return found === undefined ? undefined : keyOf(found)
}

const importedName = (specifier: TreeNode): readonly string[] => {
  if (specifier.type === 'ImportNamespaceSpecifier') return []
  if (specifier.type === 'ImportDefaultSpecifier') return ['default']
  const imported = specifier['imported'] as TreeNode
  return [(imported['name'] ?? imported['value']) as string]
}

const initOf = ({ defs: [def] }: Variable): TreeNode | undefined => {
  const node = def?.node as unknown as TreeNode | undefined
  return node?.type === 'VariableDeclarator' ? ((node['init'] as TreeNode | null) ?? undefined) : undefined
}

/** Where an expression that may give a module has it from. */
const behind: Readonly<Record<string, (node: TreeNode) => unknown>> = {
  AwaitExpression: (node) => node['argument'],
  MemberExpression: (node) => node['object'],
  CallExpression: (node) => (node['arguments'] as readonly TreeNode[])[0],
}

/** The names of other variables that decide which module this one comes from, if it comes from one. */
export const namesBehind = (variable: Variable): string[] => {
  let node: unknown = initOf(variable)
  while (isNode(node) && node.type !== 'Identifier') node = behind[node.type]?.(node)
  if (!isNode(node)) return []
  const name = node['name'] as string
  const next = before(node, variable.scope)
  return [name, ...(next === undefined ? [] : namesBehind(next))]
}

/** Where the value of a variable comes from, by the syntax of its declaration alone. */
export const moduleSourceOf = (variable: Variable): ModuleSource | undefined => {
  const { name, scope, defs } = variable
  const [def, ...others] = defs
  if (def === undefined || others.length > 0) return undefined
  const node = def.node as unknown as TreeNode
  if (def.type === 'ImportBinding') {
    const from = ((def.parent as unknown as TreeNode)['source'] as TreeNode)['value'] as string
    return { from, gives: 'namespace', keys: importedName(node) }
  }
  const init = initOf(variable)
  const source = init === undefined ? undefined : read(init, scope)
  const id = node['id'] as TreeNode
  return id?.type === 'Identifier' ? source : within(source, source && ofPattern(id, name))
}
