import { types } from 'node:util'
import type { Inspector } from './inspector.js'
import type { Reached, WellKnown } from './well-known.js'

const fixed: readonly Reached[] = [
  'globalThis', 'console', 'process', 'Math', 'JSON', 'Reflect', 'Atomics', 'Intl', 'WebAssembly',
].map((name): Reached => [name]) // prettier-ignore

/** These are made when they are first asked for. */
const lazy = new Map([
  ['Crypto', 'crypto'],
  ['Performance', 'performance'],
  ['Navigator', 'navigator'],
])

const lazyObject = (value: object): Reached | undefined => {
  const name = lazy.get(Object.prototype.toString.call(value).slice(8, -1))
  return name !== undefined && Reflect.get(globalThis, name) === value ? [name] : undefined
}

/** How the other side finds an object: by itself, or as the namespace of a module. */
type Name = readonly [kind: 'have' | 'namespace', ...reached: Reached]

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null
  // Objects of Node's own modules are of the main realm, and this may be another one, as under jest.
  return prototype !== null && Object.getPrototypeOf(prototype) === null
}

const dataValue = (value: object, key: PropertyKey): unknown => Reflect.getOwnPropertyDescriptor(value, key)?.value

/** Whether all that a module holds reads the same from another object. Accessors are left out: some warn. */
const shows = (view: object, module: object): boolean =>
  Reflect.ownKeys(module).every((key) => {
    const value = dataValue(module, key)
    return value === undefined || Reflect.get(view, key) === value
  })

const added = ['default', 'module.exports', '__esModule']

/** Whether an object is the namespace that a tool makes of the exports of a module. */
const isCopy = (value: object, exports: object): boolean =>
  Object.keys(value).every((key) => added.includes(key) || Object.hasOwn(exports, key)) && shows(value, exports)

/** Finds names for objects that every Node has, wherever they are met: `{ log: console }`, `{ env: process.env }`. */
export const createKnownObjects = ({ builtin }: WellKnown, { targetOf }: Pick<Inspector, 'targetOf'>) => {
  const objects = new Map<unknown, Reached>(fixed.map((reached) => [Reflect.get(globalThis, reached[0]), reached]))
  objects.set(process.env, ['process', 'env'])

  const ofNamespace = (value: object): Name | undefined => {
    const exports = dataValue(value, 'default')
    const reached = exports === undefined ? undefined : builtin(exports)
    if (reached === undefined) return undefined
    const isNamespace = types.isModuleNamespaceObject(value) || isCopy(value, exports as object)
    return isNamespace ? ['namespace', ...reached] : undefined
  }

  /** Test runners hand out modules behind proxies. */
  const ofProxy = (proxy: object): Name | undefined => {
    const target = targetOf(proxy) as object
    const name = types.isModuleNamespaceObject(target) ? ofNamespace(target) : undefined
    return name !== undefined && shows(proxy, target) ? name : undefined
  }

  const ofModule = (value: object): Name | undefined => {
    const reached = isPlain(value) ? builtin(value) : undefined
    return reached === undefined ? ofNamespace(value) : ['have', ...reached]
  }

  return (value: object): Name | undefined => {
    const found = objects.get(value)
    if (found === undefined && types.isProxy(value)) return ofProxy(value)
    const reached = found ?? lazyObject(value)
    return reached === undefined ? ofModule(value) : ['have', ...reached]
  }
}
