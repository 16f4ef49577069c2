import type { Variable } from 'eslint-scope'
import type { ModuleTree } from './module-tree.js'
import { isNode, type TreeNode } from './tree.js'

/** Finds the parsed module at an address, if this program has loaded it, with all that sets variables of these names. */
export type FindModule = (url: string, names: readonly string[]) => ModuleTree | undefined

interface Wanted {
  readonly from: string
  readonly name: string
}

const nameOf = (node: unknown): string | undefined =>
  isNode(node) ? ((node['name'] ?? node['value']) as string) : undefined

const resolve = (from: unknown, { script }: ModuleTree): string | undefined =>
  typeof from === 'string' && /^(?:\.{0,2}\/|file:)/u.test(from) ? URL.parse(from, script.url)?.href : undefined

const moduleVariable = ({ scopes }: ModuleTree, name: string): Variable | undefined =>
  scopes.scopes.find(({ type }) => type === 'module')?.set.get(name)

/** What an export statement gives under a name: a variable of the module, or something of another one. */
const given = (tree: ModuleTree, statement: TreeNode, name: string): Variable | Wanted | undefined => {
  if (statement.type !== 'ExportNamedDeclaration') return undefined
  const specifiers = statement['specifiers'] as readonly TreeNode[]
  const found = specifiers.find(({ exported }) => nameOf(exported) === name)
  if (statement['declaration'] !== null) return moduleVariable(tree, name)
  const local = nameOf(found?.['local'])
  if (local === undefined) return undefined
  const from = resolve((statement['source'] as TreeNode | null)?.['value'], tree)
  return from === undefined ? moduleVariable(tree, local) : { from, name: local }
}

const exportedBy = ({ from, name }: Wanted, find: FindModule): Variable | undefined => {
  const tree = find(from, [name])
  for (const statement of tree?.body ?? []) {
    const found = given(tree as ModuleTree, statement, name)
    if (found === undefined) continue
    if ('from' in found) return exportedBy(found, find)
    if (found.name === name) return found
    const whole = find(from, [name, found.name])
    return whole === undefined ? found : moduleVariable(whole, found.name)
  }
  return undefined
}

/** The variable behind an import of a user's own file, since that file may assign it again. */
export const originOf = (tree: ModuleTree, variable: Variable, find: FindModule): Variable => {
  const [def] = variable.defs
  if (def?.type !== 'ImportBinding') return variable
  const imported = nameOf((def.node as unknown as TreeNode)['imported'])
  const from = resolve(((def.parent as unknown as TreeNode)['source'] as TreeNode)['value'], tree)
  if (imported === undefined || from === undefined) return variable
  return exportedBy({ from, name: imported }, find) ?? variable
}
