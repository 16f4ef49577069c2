import { types } from 'node:util'
import { isObject } from '../is-object.js'
import { peek } from './namespaces.js'
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

/** An object of any realm that is of no class. */
const isPlain = (value: object): boolean => {
  const prototype = Reflect.getPrototypeOf(value)
  return prototype === null || Reflect.getPrototypeOf(prototype) === null
}

/** What a namespace has as default; vitest puts a proxy around namespaces, and others make objects of their own. */
const defaultOf = (value: object): unknown => {
  const isNamespace = types.isProxy(value)
    ? peek(value, Symbol.toStringTag) === 'Module'
    : types.isModuleNamespaceObject(value) || (isPlain(value) && Object.hasOwn(value, 'default'))
  return isNamespace ? peek(value, 'default') : undefined
}

/** Whether an object has nothing but what a module has. */
const isLike = (value: object, module: object): boolean => {
  const keys = types.isProxy(value) ? [] : Object.keys(value)
  return keys.length !== 1 && keys.every((key) => key === 'default' || peek(value, key) === peek(module, key))
}

/** Finds names for objects that every Node has, wherever they are met: `{ log: console }`, `{ env: process.env }`. */
export const createKnownObjects = ({ builtin }: WellKnown) => {
  const objects = new Map<unknown, Reached>(fixed.map((reached) => [Reflect.get(globalThis, reached[0]), reached]))
  objects.set(process.env, ['process', 'env'])

  return (value: object): Reached | undefined => {
    const found = objects.get(value) ?? (types.isProxy(value) ? undefined : lazyObject(value))
    if (found !== undefined) return found
    const module = defaultOf(value)
    const reached = isObject(module) ? builtin(module) : undefined
    if (reached !== undefined && isLike(value, module as object)) return reached
    return !types.isProxy(value) && isPlain(value) ? builtin(value) : undefined
  }
}
