import { SerializationError } from '@parsl/interfaces'
import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { types } from 'node:util'
import { fileURLToPath } from 'node:url'
import type { Imported, ModulePlace } from './code.js'
import type { ScopeValues } from './inspector.js'
import { packageOf } from './packages.js'
import type { FreeName, Plan } from './plan.js'
import { isNode, type TreeNode } from './tree.js'

const importedName = (specifier: TreeNode): string => {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  const imported = specifier['imported'] as TreeNode
  return (imported['name'] ?? imported['value']) as string
}

const nodeModule = (from: string): string => (from.startsWith('node:') ? from : `node:${from}`)

/** What `const x = require('…')` names. */
const requiredBy = (declarator: TreeNode): unknown => {
  const call = declarator['init'] as TreeNode | null
  if (call?.type !== 'CallExpression' || (declarator['id'] as TreeNode).type !== 'Identifier') return undefined
  const [first] = call['arguments'] as readonly TreeNode[]
  return (call['callee'] as TreeNode)['name'] === 'require' ? first?.['value'] : undefined
}

/** A module of Node's that a CommonJS file requires as a whole. */
const requiredModule = (isModule: boolean, name: string, node: unknown): Imported | undefined => {
  if (isModule || !isNode(node) || node.type !== 'VariableDeclarator') return undefined
  const from = requiredBy(node)
  if (typeof from !== 'string' || !isBuiltin(from)) return undefined
  return { local: name, from: nodeModule(from), exported: 'default' }
}

/** How an imported variable travels if it comes from a `node:` module or a package; decided by the syntax alone. */
export const importOf = ({ tree }: Plan, { name, variable }: FreeName): Imported | undefined => {
  const [def] = variable.defs
  if (def?.type !== 'ImportBinding') return requiredModule(tree.script.isModule, name, def?.node)
  const from = ((def.parent as unknown as TreeNode)['source'] as TreeNode)['value'] as string
  const exported = importedName(def.node as unknown as TreeNode)
  if (isBuiltin(from)) return { local: name, from: nodeModule(from), exported }
  const found = tree.once(from, () => packageOf(from, tree.script.url))
  return found === undefined ? undefined : { local: name, from, exported, package: found }
}

export const isNamespaceImport = ({ variable }: FreeName): boolean =>
  (variable.defs[0]?.node as unknown as TreeNode | undefined)?.type === 'ImportNamespaceSpecifier'

/** The scope that holds a variable, as a copy of its values. */
export const scopeOf = (scopes: readonly ScopeValues[], { name }: FreeName, path: string): ScopeValues => {
  const scope = scopes.find((values) => Object.hasOwn(values, name))
  if (scope !== undefined) return scope
  throw new SerializationError(
    `${path} › ${name}`,
    'its value is not visible here (only a computed key uses it, or it has none yet); write the key out, or pass it as an argument',
  )
}

/** Members of a user's module that the function names, or all of them. */
const usedMembers = ({ references }: FreeName, { tree }: Plan, module: object): string[] => {
  const members = references.map(({ identifier }) => {
    const parent = tree.parents.get(identifier as unknown as TreeNode)
    const isMember = parent?.type === 'MemberExpression' && parent['object'] === (identifier as unknown)
    return isMember && parent['computed'] !== true ? ((parent['property'] as TreeNode)['name'] as string) : undefined
  })
  return members.every((member) => member !== undefined) ? [...new Set(members)] : Object.keys(module)
}

/** A namespace of a user's module as a plain object, since the other side has no such module. */
export const namespaceValue = (name: FreeName, plan: Plan, value: unknown): unknown => {
  if (!types.isModuleNamespaceObject(value)) return value
  const module = value as Record<string, unknown>
  const members = usedMembers(name, plan, module).filter((member) => Object.hasOwn(module, member))
  return Object.assign(Object.create(null) as object, Object.fromEntries(members.map((key) => [key, module[key]])))
}

export const placeOfModule = (url: string): ModulePlace => {
  const filename = url.startsWith('file:') ? fileURLToPath(url) : url
  return { url, dirname: dirname(filename), filename }
}
