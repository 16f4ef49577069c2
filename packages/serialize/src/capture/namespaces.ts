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

const patternKeys = (pattern: TreeNode): string[] | undefined => {
  const properties = pattern.type === 'ObjectPattern' ? (pattern['properties'] as readonly TreeNode[]) : undefined
  const isPlain = properties?.every(({ type, computed }) => type === 'Property' && computed !== true)
  return isPlain === true ? properties?.map((property) => keyOf(property) as string) : undefined
}

/** The members that one use of a module names. */
const namedIn = (identifier: TreeNode, parent: TreeNode | undefined): readonly string[] | undefined => {
  if (parent?.type === 'VariableDeclarator') return patternKeys(parent['id'] as TreeNode)
  const isMember = parent?.type === 'MemberExpression' && parent['object'] === identifier
  return isMember && parent['computed'] !== true ? [keyOf(parent) as string] : undefined
}

/** Members that the function names, or all of them. */
export const usedMembers = ({ references }: Used, { tree }: Plan, namespace: object): string[] => {
  const members = references.map(({ identifier }) => {
    const node = identifier as unknown as TreeNode
    return namedIn(node, tree.parents.get(node))
  })
  return members.every((member) => member !== undefined) ? [...new Set(members.flat())] : Object.keys(namespace)
}

/** What must be known of a namespace beside its values. */
export interface Liveness {
  /** The accessor of a member whose variable is assigned again. */
  accessorOf(namespace: object, key: string): PropertyDescriptor | undefined
  /** Members that functions of a CommonJS module assign in the namespace itself; of one it imports, or of its own. */
  assigned(plan: Plan, from?: string): ReadonlySet<string>
}

const viewOf = (members: readonly string[], namespace: object, { accessorOf }: Liveness): object => {
  const found = members.map((key) => [
    key,
    accessorOf(namespace, key) ?? { value: Reflect.get(namespace, key) as unknown, enumerable: true },
  ])
  return Object.create(null, Object.fromEntries(found) as PropertyDescriptorMap) as object
}

interface Namespace {
  readonly namespace: object
  /** Where it comes from, if it is not of the function's own module; empty if nothing tells. */
  readonly from?: string
  readonly liveness: Liveness
}

/** A namespace of a user's module as a plain object, since the other side has no such module. */
export const namespaceValue = (name: Used, plan: Plan, { namespace, from, liveness }: Namespace): object => {
  const members = usedMembers(name, plan, namespace).filter((member) => member in namespace)
  const assigned = liveness.assigned(plan, from)
  // Who assigns and who reads must have the same object.
  return members.some((member) => assigned.has(member)) ? namespace : viewOf(members, namespace, liveness)
}
