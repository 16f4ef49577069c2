import { createRequire, isBuiltin } from 'node:module'
import { types } from 'node:util'
import { isObject } from '../is-object.js'
import type { Imported } from './code.js'
import { keyOf, type ModuleSource, moduleSourceOf } from './module-source.js'
import type { FreeName, Plan } from './plan.js'
import type { TreeNode } from './tree.js'

/** What `require` gave; nothing is loaded for it. */
const required = (from: string, url: string): unknown => {
  if (isBuiltin(from)) return process.getBuiltinModule(from)
  const require = createRequire(url)
  try {
    return require.cache[require.resolve(from)]?.exports
  } catch {
    return undefined
  }
}

const isModule = (value: unknown): value is { readonly __esModule: true; readonly default?: unknown } =>
  isObject(value) && Reflect.get(value, '__esModule') === true

/**
 * Whether a value is the exports of a module, or the namespace that a tool makes of them: `__toESM(require('x'))`,
 * `__importDefault(require('x'))` and whatever else they are called. It is not what a user makes of a module.
 */
export const isViewOf = (value: unknown, { from }: ModuleSource, url: string): boolean => {
  const exports = required(from, url)
  if (exports === undefined || !isObject(value)) return false
  if (value === exports) return true
  const made: unknown = Reflect.get(value, 'default')
  return made === exports || (isModule(exports) && made === exports.default)
}

/** Whether `default` of a namespace is what a module made of an ES module calls so, and not its exports as a whole. */
export const defaultOf = (value: unknown): Pick<Imported, 'interop'> =>
  isObject(value) && isModule(Reflect.get(value, 'default')) ? {} : { interop: true }

/** A tool that turns ES modules into CommonJS leaves this name in each file. */
const isTranspiled = ({ tree }: Plan): boolean => tree.source.includes('__esModule')

const isMadeOf = (source: ModuleSource, plan: Plan, value: unknown): boolean => {
  if (source.gives === 'exports') return isTranspiled(plan)
  return source.gives === 'namespace' || isViewOf(value, source, plan.tree.script.url)
}

/** Where a variable comes from that is the namespace of a user's module, of which only what is used is to travel. */
export const namespaceSource = (name: FreeName, plan: Plan, value: unknown): ModuleSource | undefined => {
  const source = name.reassigned ? undefined : moduleSourceOf(name.variable)
  if (source === undefined || source.keys.length > 0 || !isObject(value)) return undefined
  return types.isModuleNamespaceObject(value) || isMadeOf(source, plan, value) ? source : undefined
}

type Used = Pick<FreeName, 'references'>

type Path = readonly string[]

const patternKeys = (pattern: TreeNode): string[] | undefined => {
  const properties = pattern.type === 'ObjectPattern' ? (pattern['properties'] as readonly TreeNode[]) : undefined
  const isPlain = properties?.every(({ type, computed }) => type === 'Property' && computed !== true)
  return isPlain === true ? properties?.map((property) => keyOf(property) as string) : undefined
}

/** What one use of a namespace reads of it: `a.b`, `{ c }`. */
const pathsIn = (identifier: TreeNode, { parents }: Plan['tree']): readonly Path[] => {
  const path: string[] = []
  let node = identifier
  for (;;) {
    const parent = parents.get(node)
    if (parent?.type === 'VariableDeclarator')
      return patternKeys(parent['id'] as TreeNode)?.map((key) => [...path, key]) ?? [path]
    const isMember = parent?.type === 'MemberExpression' && parent['object'] === node && parent['computed'] !== true
    if (!isMember) return [path]
    path.push(keyOf(parent) as string)
    node = parent
  }
}

/** What a function reads of a namespace. */
const pathsOf = ({ references }: Used, { tree }: Plan): Path[] =>
  references.flatMap(({ identifier }) => pathsIn(identifier as unknown as TreeNode, tree))

/** What is read of a namespace, by its members; all of them where it is used as a whole. */
const byMember = (namespace: object, paths: readonly Path[]): ReadonlyMap<string, Path[]> => {
  const isWhole = paths.some(({ length }) => length === 0)
  const members = new Map<string, Path[]>()
  for (const [key, ...rest] of isWhole ? Object.keys(namespace).map((name) => [name]) : paths) {
    if (key !== undefined && key in namespace) members.set(key, [...(members.get(key) ?? []), rest])
  }
  return members
}

/** A member; undefined as long as it has no value. */
export const peek = (from: object, key: PropertyKey): unknown => {
  try {
    return Reflect.get(from, key)
  } catch {
    return undefined
  }
}

/** Members that the function names, or all of them. */
export const usedMembers = (name: Used, plan: Plan, namespace: object): string[] => [
  ...byMember(namespace, pathsOf(name, plan)).keys(),
]

/** What must be known of a namespace beside its values. */
export interface Liveness {
  /** The accessor of a member whose variable is assigned again. */
  accessorOf(namespace: object, key: string): PropertyDescriptor | undefined
  /** Members that functions of a CommonJS module assign in the namespace itself; of one it imports, or of its own. */
  assigned(plan: Plan, from?: string): ReadonlySet<string>
  /** Whether an object is what a bundler makes of a module that is used as a whole. */
  isBundled(value: object): boolean
}

/** Whether a member of a namespace is one in its turn: a module handed it on as a whole. */
const isNamespace = (value: object, { isBundled }: Liveness): boolean =>
  peek(value, '__esModule') === true ||
  peek(value, Symbol.toStringTag) === 'Module' ||
  types.isModuleNamespaceObject(peek(value, 'default')) ||
  isBundled(value)

const viewOf = (namespace: object, members: ReadonlyMap<string, Path[]>, liveness: Liveness): object => {
  const view = Object.create(null) as object
  for (const [key, paths] of members) {
    const accessor = liveness.accessorOf(namespace, key)
    const value: unknown = accessor === undefined ? Reflect.get(namespace, key) : undefined
    const isNamed = paths.every(({ length }) => length > 0)
    const held =
      isNamed && isObject(value) && isNamespace(value, liveness)
        ? viewOf(value, byMember(value, paths), liveness)
        : value
    Object.defineProperty(view, key, accessor ?? { value: held, enumerable: true })
  }
  return view
}

interface Namespace {
  readonly namespace: object
  /** Where it comes from, if it is not of the function's own module; empty if nothing tells. */
  readonly from?: string
  readonly liveness: Liveness
}

/** A namespace of a user's module as a plain object, since the other side has no such module. */
export const namespaceValue = (name: Used, plan: Plan, { namespace, from, liveness }: Namespace): object => {
  const members = byMember(namespace, pathsOf(name, plan))
  const assigned = liveness.assigned(plan, from)
  // Who assigns and who reads must have the same object.
  return members.keys().some((key) => assigned.has(key)) ? namespace : viewOf(namespace, members, liveness)
}
