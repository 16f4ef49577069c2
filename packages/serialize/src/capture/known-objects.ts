import { types } from 'node:util'
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

/** Finds names for objects that every Node has, wherever they are met: `{ log: console }`, `{ env: process.env }`. */
export const createKnownObjects = ({ builtin }: WellKnown) => {
  const objects = new Map<unknown, Reached>(fixed.map((reached) => [Reflect.get(globalThis, reached[0]), reached]))
  objects.set(process.env, ['process', 'env'])

  return (value: object): Reached | undefined => {
    const found = objects.get(value) ?? lazyObject(value)
    if (found !== undefined) return found
    if (types.isModuleNamespaceObject(value)) return builtin(Reflect.get(value, 'default'))
    return Object.getPrototypeOf(value) === Object.prototype ? builtin(value) : undefined
  }
}
