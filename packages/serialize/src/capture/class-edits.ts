import { own } from './code.js'
import { blank, type Edit } from './edits.js'
import type { ModuleTree } from './module-tree.js'
import { membersOf, type TreeNode } from './tree.js'

/** How the source of a class changes: what was evaluated once, when the class was made, is not evaluated again. */
export interface ClassEdits {
  readonly edits: readonly Edit[]
  /** Pieces that are gone, with the variables that they used. */
  readonly dropped: readonly Edit[]
  /** Variables that its computed keys use. */
  readonly early: readonly string[]
  readonly privates: readonly string[]
  /** Methods with computed keys; the keys are read off the class. */
  readonly keyed: readonly TreeNode[]
}

export const noClassEdits: ClassEdits = { edits: [], dropped: [], early: [], privates: [], keyed: [] }

const isStaticField = ({ type, ...member }: TreeNode): boolean =>
  type === 'PropertyDefinition' && member['static'] === true

const isPrivate = (member: TreeNode): boolean => (member['key'] as TreeNode | undefined)?.type === 'PrivateIdentifier'

const dropped = (source: string, { start, end }: { start: number; end: number }): Edit => ({
  start,
  end,
  text: blank(source, start, end),
})

const heritage = (source: string, node: TreeNode): Edit[] => {
  const parent = node['superClass'] as TreeNode | null
  if (parent === null) return []
  const lines = blank(source, parent.start, parent.end).replaceAll(' ', '')
  return [{ start: parent.start, end: parent.end, text: `${own.base}${lines}` }]
}

const memberEdit = (source: string, member: TreeNode): Edit[] => {
  if (member.type === 'StaticBlock') return [dropped(source, member)]
  if (!isStaticField(member)) return []
  if (!isPrivate(member)) return [dropped(source, member)]
  const value = member['value'] as TreeNode | null
  return value === null ? [] : [dropped(source, { start: (member['key'] as TreeNode).end, end: value.end })]
}

/** Lets the values of static private fields be set from outside, once. */
const privateSetter = (names: readonly string[], node: TreeNode): Edit[] => {
  const at = (node['body'] as TreeNode).end - 1
  const assign = names.map((name) => `this.#${name} = v[${JSON.stringify(`#${name}`)}];`).join(' ')
  return names.length === 0 ? [] : [{ start: at, end: at, text: `; static { ${own.privates} = (v) => { ${assign} } }` }]
}

const computedNames = ({ scopes }: ModuleTree, node: TreeNode, keys: readonly TreeNode[]): string[] => {
  const through = scopes.acquire(node as never)?.through ?? []
  const inside = through.filter(({ identifier, resolved }) => {
    const { start } = identifier as unknown as TreeNode
    return resolved !== null && keys.some((key) => start >= key.start && start < key.end)
  })
  return [...new Set(inside.map(({ identifier }) => identifier.name as string))].toSorted()
}

const isMethod = ({ type }: TreeNode): boolean => type === 'MethodDefinition'

const keyEdit = (member: TreeNode, index: number): Edit => {
  const { start, end } = member['key'] as TreeNode
  return { start, end, text: `${own.key}${index}` }
}

export const classEdits = (tree: ModuleTree, node: TreeNode): ClassEdits => {
  const { source } = tree
  const members = membersOf(node)
  const gone = [...heritage(source, node), ...members.flatMap((member) => memberEdit(source, member))]
  const kept = members.filter((member) => !isStaticField(member) || isPrivate(member))
  const privates = kept
    .filter((member) => isStaticField(member))
    .map((member) => (member['key'] as TreeNode)['name'] as string)
  const keyed = kept.filter((member) => member['computed'] === true && isMethod(member))
  const keyEdits = keyed.map((member, index) => keyEdit(member, index))
  const keys = kept
    .filter((member) => member['computed'] === true && !isMethod(member))
    .map((member) => member['key'] as TreeNode)
  return {
    edits: [...gone, ...keyEdits, ...privateSetter(privates, node)],
    dropped: [...gone, ...keyEdits],
    keyed,
    early: computedNames(tree, node, keys),
    privates,
  }
}
