import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import type { Inspector } from './inspector.js'
import type { FindModule } from './live-bindings.js'
import type { ModuleTree } from './module-tree.js'
import type { Liveness } from './namespaces.js'
import { assignedExports, exportsName } from './own-exports.js'
import type { Plan } from './plan.js'
import { isArrow, type TreeNode } from './tree.js'

interface Handed {
  readonly from: object
  readonly key: string
}

/** `from[key]`, where these are the two variables of an accessor. */
const handedOn = (values: readonly unknown[]): Handed | undefined => {
  const from = values.find((value) => typeof value === 'object' && value !== null)
  const key = values.find((value) => typeof value === 'string')
  return values.length === 2 && from !== undefined && key !== undefined ? { from, key } : undefined
}

/**
 * Tools that bundle or make CommonJS export a variable as an accessor that reads it: `() => counter`, or
 * `() => from[key]` where one module hands on what another exports.
 */
const createAccessorOf = (inspector: Inspector, planOf: (fn: object) => Plan | undefined): Liveness['accessorOf'] => {
  const valuesOf = (fn: object, { free }: Plan): unknown[] => {
    const { scopes } = inspector.inspect(fn)
    return free.map(({ name }) => scopes.find((scope) => Object.hasOwn(scope, name))?.[name])
  }
  const accessorOf: Liveness['accessorOf'] = (namespace, key) => {
    const found = Reflect.getOwnPropertyDescriptor(namespace, key)
    const plan = found?.get && planOf(found.get)
    if (found?.get === undefined || plan === undefined) return undefined
    const [variable, ...others] = plan.free
    if (others.length === 0) return variable?.reassigned === true ? found : undefined
    const handed = handedOn(valuesOf(found.get, plan))
    return handed === undefined ? undefined : accessorOf(handed.from, handed.key)
  }
  return accessorOf
}

const isPlain = (value: object): boolean => {
  const prototype = Reflect.getPrototypeOf(value)
  return prototype === null || Reflect.getPrototypeOf(prototype) === null
}

/** esbuild and others make `{ get name: () => name, … }` of a module in a bundle, where it is used as a whole. */
const createIsBundled =
  (planOf: (fn: object) => Plan | undefined): Liveness['isBundled'] =>
  (value) => {
    if (types.isProxy(value) || !isPlain(value)) return false
    const keys = Object.keys(value)
    const getters = keys.map((key) => Reflect.getOwnPropertyDescriptor(value, key)?.get)
    const [getter] = getters
    if (getter === undefined || getters.includes(undefined)) return false
    const node = planOf(getter)?.node
    return node !== undefined && isArrow(node) && (node['body'] as TreeNode).type === 'Identifier'
  }

const moduleFrom = (from: string, url: string, find: FindModule): ModuleTree | undefined => {
  try {
    return find(pathToFileURL(createRequire(url).resolve(from)).href, [exportsName])
  } catch {
    return undefined
  }
}

const none: ReadonlySet<string> = new Set()

export const createLiveness = (
  inspector: Inspector,
  { planOf, find }: { planOf: (fn: object) => Plan | undefined; find: FindModule },
): Liveness => {
  const known = new WeakMap<ModuleTree, ReadonlySet<string>>()
  return {
    accessorOf: createAccessorOf(inspector, planOf),
    isBundled: createIsBundled(planOf),
    assigned: ({ tree: own }, from) => {
      const { isModule, url } = own.script
      if (isModule) return none
      const tree = from === undefined ? own : moduleFrom(from, url, find)
      if (tree === undefined) return none
      const assigned = known.get(tree) ?? assignedExports(tree)
      known.set(tree, assigned)
      return assigned
    },
  }
}
