import { createHash } from 'node:crypto'
import type { Reference, Variable } from 'eslint-scope'
import { reasonToStay } from './checks.js'
import { type Edit, edited } from './edits.js'
import { type ModuleTree, positionOf } from './module-tree.js'
import { isOfHead } from './loop-heads.js'
import { isOfModule } from './module-wrapper.js'
import { classEdits, noClassEdits } from './class-edits.js'
import { type CodeForm, own } from './code.js'
import { type FindModule, originOf } from './live-bindings.js'
import { isClass, treeHash, type TreeNode, walk } from './tree.js'

/** A variable of the surroundings that a function uses. */
export interface FreeName {
  readonly name: string
  readonly variable: Variable
  readonly references: readonly Reference[]
  /** Something assigns it again, here or elsewhere. */
  readonly reassigned: boolean
  readonly writes: boolean
  /** The variable exists once. */
  readonly ofModule: boolean
}

/** What is known of a function or class from the syntax alone. */
export interface Plan {
  readonly tree: ModuleTree
  readonly node: TreeNode
  readonly reason: string | undefined
  readonly id: string
  readonly hash: string
  readonly text: string
  /** What of the source the text changes. */
  readonly edits: readonly Edit[]
  readonly form: CodeForm
  readonly declared: string
  readonly line: number
  readonly column: number
  readonly free: readonly FreeName[]
  readonly early: readonly string[]
  readonly keyed: readonly TreeNode[]
  readonly privates: readonly string[]
  readonly usesMeta: boolean
  readonly cellsName: string
  readonly strict: boolean
  /** Names that nothing in the file declares: globals, unless the engine has them in a scope. */
  readonly undeclared: readonly string[]
}

interface Surroundings {
  readonly dropped: readonly Edit[]
  readonly find: FindModule
}

const within = (ranges: readonly Edit[], { identifier }: Reference): boolean => {
  const { start } = identifier as unknown as TreeNode
  return ranges.some((range) => start >= range.start && start < range.end)
}

/** What was revived has its variables filled in by a text of ours, which is no assignment of the user's. */
const isFilling = ({ source }: ModuleTree, { identifier }: Reference): boolean =>
  source.startsWith(` = ${own.have}[`, (identifier as unknown as TreeNode).end)

/** Whether something assigns a variable again, for all that a function can see which stands at `node`. */
export const isReassigned = (tree: ModuleTree, variable: Variable, node: TreeNode): boolean =>
  variable.references.some(
    (reference) =>
      reference.isWrite() &&
      reference.init !== true &&
      !isFilling(tree, reference) &&
      !isOfHead(tree, { variable, node }, reference),
  ) ||
  (variable.defs.length > 1 && variable.defs.some(({ type }) => type !== 'Parameter'))

const freeNamesOf = (tree: ModuleTree, node: TreeNode, { dropped, find }: Surroundings): FreeName[] => {
  const through = tree.scopes.acquire(node as never)?.through ?? []
  const byVariable = new Map<Variable, Reference[]>()
  for (const reference of through) {
    const { resolved } = reference
    if (resolved === null || within(dropped, reference)) continue
    byVariable.set(resolved, [...(byVariable.get(resolved) ?? []), reference])
  }
  return [...byVariable]
    .map(([variable, references]) => {
      const origin = originOf(tree, variable, find)
      const reassigned = isReassigned(tree, origin, node)
      return {
        name: variable.name,
        variable: reassigned ? origin : variable,
        references,
        reassigned,
        writes: references.some((reference) => reference.isWrite()),
        ofModule: isOfModule(tree, origin.scope),
      }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const undeclaredIn = ({ scopes }: ModuleTree, node: TreeNode, dropped: readonly Edit[]): string[] => {
  const through = scopes.acquire(node as never)?.through ?? []
  const found = through.filter((reference) => reference.resolved === null && !within(dropped, reference))
  return [...new Set(found.map(({ identifier }) => identifier.name as string))]
}

/** Text that was revived uses such a name already. */
const unusedName = ({ source }: ModuleTree): string => {
  let name: string = own.cells
  while (source.includes(name)) name += '_'
  return name
}

const isCalled = (node: TreeNode, parent: TreeNode): boolean =>
  (parent.type === 'CallExpression' && parent['callee'] === node) ||
  (parent.type === 'TaggedTemplateExpression' && parent['tag'] === node)

/** A default in a pattern is a reference of its own, to the same identifier. */
const identifiersOf = ({ references }: FreeName): TreeNode[] => [
  ...new Set(references.map(({ identifier }) => identifier as unknown as TreeNode)),
]

/** `name` becomes the member of a cell; what is called must not get the cell as `this`. */
const cellEdits = ({ parents }: ModuleTree, name: FreeName, cells: string): Edit[] =>
  identifiersOf(name).map((node) => {
    const cell = `${cells}.${name.name}.v`
    const parent = parents.get(node)
    const holder = parent?.type === 'AssignmentPattern' ? parents.get(parent) : parent
    const { start, end } = node
    if (holder?.type === 'Property' && holder['shorthand'] === true)
      return { start, end, text: `${name.name}: ${cell}` }
    return { start, end, text: parent !== undefined && isCalled(node, parent) ? `(0,${cell})` : cell }
  })

const metaEdits = (root: TreeNode, dropped: readonly Edit[]): Edit[] => {
  const found: Edit[] = []
  walk(root, ({ type, start, end, ...node }) => {
    if (dropped.some((range) => start >= range.start && end <= range.end)) return false
    if (type === 'MetaProperty' && (node['meta'] as TreeNode)['name'] === 'import')
      found.push({ start, end, text: own.meta })
    return true
  })
  return found
}

const methodForms: Readonly<Record<string, CodeForm>> = { get: 'getter', set: 'setter', method: 'method' }

const memberForm = (node: TreeNode, parent: TreeNode): CodeForm => {
  if (parent['value'] !== node || node.type !== 'FunctionExpression') return 'expression'
  if (parent.type === 'MethodDefinition') return methodForms[parent['kind'] as string] ?? 'method'
  if (parent.type !== 'Property') return 'expression'
  if (parent['method'] === true) return 'method'
  return methodForms[parent['kind'] as string] ?? 'expression'
}

const formOf = ({ parents }: ModuleTree, node: TreeNode): CodeForm => {
  const parent = parents.get(node)
  if (node.type === 'FunctionDeclaration' && node['id'] !== null) return 'declaration'
  return parent === undefined ? 'expression' : memberForm(node, parent)
}

const idOf = (tree: ModuleTree, node: TreeNode, hash: string): string => {
  const { line, column } = positionOf(tree, node.start)
  return createHash('sha256').update(`${hash} ${tree.script.url}:${line}:${column}`).digest('base64url').slice(0, 27)
}

export const planOf = (tree: ModuleTree, node: TreeNode, find: FindModule): Plan => {
  const changes = isClass(node) ? classEdits(tree, node) : noClassEdits
  const free = freeNamesOf(tree, node, { dropped: changes.dropped, find })
  const meta = metaEdits(node, changes.dropped)
  const cellsName = unusedName(tree)
  const cells = free.filter(({ reassigned }) => reassigned).flatMap((name) => cellEdits(tree, name, cellsName))
  const edits = [...changes.edits, ...meta, ...cells]
  const hash = treeHash(node)
  return {
    tree,
    node,
    reason: reasonToStay(tree, node),
    id: idOf(tree, node, hash),
    hash,
    text: edited(tree.source, node, edits),
    edits,
    form: formOf(tree, node),
    declared: (node['id'] as { name: string } | null | undefined)?.name ?? '',
    ...positionOf(tree, node.start),
    free,
    early: changes.early,
    keyed: changes.keyed,
    privates: changes.privates,
    usesMeta: meta.length > 0,
    cellsName,
    strict: tree.scopes.acquire(node as never)?.isStrict ?? true,
    undeclared: undeclaredIn(tree, node, changes.dropped),
  }
}
