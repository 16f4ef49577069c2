import { special } from './code.js'
import type { Inspected, Inspector } from './inspector.js'
import { type ModuleTree, offsetOf } from './module-tree.js'
import type { Plan } from './plan.js'
import { isClass, type TreeNode } from './tree.js'

type AnyObject = Record<PropertyKey, unknown>

/** Own properties that the source of a function does not make. */
export interface Members {
  readonly properties?: Readonly<AnyObject>
  readonly captured: Readonly<AnyObject>
}

interface Owner {
  readonly plan: Plan
  readonly isStatic: boolean
}

const functionPrototypes: readonly unknown[] = [async () => {}, function* () {}, async function* () {}, () => {}].map(
  (fn) => Object.getPrototypeOf(fn) as unknown,
)

const generatorParents: readonly unknown[] = [
  Object.getPrototypeOf(function* () {}.prototype),
  Object.getPrototypeOf(async function* () {}.prototype),
]

const parametersBefore = (node: TreeNode): number => {
  const params = (node['params'] ?? []) as readonly TreeNode[]
  const end = params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  return end < 0 ? params.length : end
}

/** Tells whether a property came with the source of its class. */
type IsNatural = (owner: Owner, found: PropertyDescriptor) => boolean

type MemberNode = (tree: ModuleTree, fn: object) => TreeNode | undefined

const functionsOf = ({ value, get, set }: PropertyDescriptor): object[] =>
  [value, get, set].filter((fn): fn is object => typeof fn === 'function')

const createMemberNode = (inspector: Inspector): MemberNode => {
  /** Functions that were found to be members of their class by its source. */
  const known = new WeakMap<object, TreeNode>()

  return (tree, fn) => {
    const before = known.get(fn)
    if (before !== undefined) return before
    const { location } = inspector.inspect(fn)
    if (location?.scriptId !== tree.script.scriptId) return undefined
    const node = tree.functions.get(offsetOf(tree, location))
    const member = node === undefined ? undefined : tree.parents.get(node)
    if (member?.type !== 'MethodDefinition') return undefined
    known.set(fn, member)
    return member
  }
}

const createNatural =
  (memberNode: MemberNode): IsNatural =>
  ({ plan, isStatic }, found) => {
    if (!isClass(plan.node)) return false
    const fns = functionsOf(found)
    const isMember = (fn: object): boolean => {
      const member = memberNode(plan.tree, fn)
      return member?.['static'] === isStatic && plan.tree.parents.get(member) === plan.node['body']
    }
    return fns.length > 0 && fns.every(isMember)
  }

/** The key under which a class has a method whose key was computed. */
const keyOf = (made: object, member: TreeNode, find: (fn: object) => TreeNode | undefined): PropertyKey | undefined => {
  const prototype: unknown = Reflect.getOwnPropertyDescriptor(made, 'prototype')?.value
  const holder = member['static'] === true ? made : (prototype as object)
  return Reflect.ownKeys(holder).find((key) => {
    const fns = functionsOf(Reflect.getOwnPropertyDescriptor(holder, key) ?? {})
    return fns.some((fn) => find(fn) === member)
  })
}

/** The own properties that were added, as they are; without those of some names. */
const added = (
  object: object,
  names: readonly PropertyKey[],
  isAdded: (found: PropertyDescriptor) => boolean,
): AnyObject => {
  const properties: AnyObject = {}
  for (const key of Reflect.ownKeys(object)) {
    if (names.includes(key)) continue
    const found = Reflect.getOwnPropertyDescriptor(object, key)
    if (found !== undefined && isAdded(found)) Object.defineProperty(properties, key, found)
  }
  return properties
}

const isEmpty = (object: AnyObject): boolean => Reflect.ownKeys(object).length === 0

const putPrototype = (captured: AnyObject, { fn, plan, isNatural }: Subject): void => {
  const prototype = Reflect.getOwnPropertyDescriptor(fn, 'prototype')?.value as object | null | undefined
  if (typeof prototype !== 'object' || prototype === null) return
  const owner = { plan, isStatic: false }
  const properties = added(prototype, ['constructor'], (found) => !isNatural(owner, found))
  if (!isEmpty(properties)) captured[special.prototype] = properties
  const parent = Object.getPrototypeOf(prototype) as object | null
  const usual = isClass(plan.node) || parent === Object.prototype || generatorParents.includes(parent)
  if (!usual) captured[special.prototypeParent] = parent
}

const putParent = (captured: AnyObject, { fn, plan }: Subject): void => {
  const parent = Object.getPrototypeOf(fn) as object | null
  const extended = isClass(plan.node) && plan.node['superClass'] !== null
  if (!extended && functionPrototypes.includes(parent)) return
  // A class that extends null has the usual prototype itself.
  captured[special.parent] = functionPrototypes.includes(parent) ? null : parent
}

interface Subject {
  readonly fn: object
  readonly plan: Plan
  readonly isNatural: IsNatural
}

/** Keys that the function has by its nature. */
const naturalKeys = (fn: object, { node, strict }: Plan): readonly PropertyKey[] => {
  const length: unknown = Reflect.getOwnPropertyDescriptor(fn, 'length')?.value
  const sloppy = strict ? [] : ['arguments', 'caller']
  return ['name', 'prototype', ...sloppy, ...(isClass(node) || length === parametersBefore(node) ? ['length'] : [])]
}

/** Reads what a function or class has beyond its source: superclass, static fields, members added later. */
export const createMembers = (inspector: Inspector) => {
  const memberNode = createMemberNode(inspector)
  const isNatural = createNatural(memberNode)
  const read = (fn: object, plan: Plan, { privates }: Inspected): Members => {
    const captured: AnyObject = {}
    const subject = { fn, plan, isNatural }
    const natural = naturalKeys(fn, plan)
    const owner = { plan, isStatic: true }
    const properties = added(fn, natural, (found) => !isNatural(owner, found))
    putParent(captured, subject)
    putPrototype(captured, subject)
    if (plan.privates.length > 0) {
      const values = plan.privates.map((name) => [`#${name}`, privates.get(`#${name}`)])
      captured[special.privates] = Object.fromEntries(values) as AnyObject
    }
    if (!Object.isExtensible(fn)) captured[special.lock] = Object.isFrozen(fn) ? 'frozen' : 'closed'
    return isEmpty(properties) ? { captured } : { properties, captured }
  }
  return {
    read,
    /** The computed keys of its methods, in the order of the source. */
    keysOf: (fn: object, { keyed, tree }: Plan): readonly (PropertyKey | undefined)[] =>
      keyed.map((member) => keyOf(fn, member, (other) => memberNode(tree, other))),
  }
}
