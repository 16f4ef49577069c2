import { isObject } from '../is-object.js'
import { DeserializationError } from '@parsl/interfaces'

const unnamed: Readonly<Record<string, () => unknown>> = {
  async: () => (Object.getPrototypeOf(async () => {}) as object).constructor,
  generator: () => (Object.getPrototypeOf(function* () {}) as object).constructor,
  asyncGenerator: () => (Object.getPrototypeOf(async function* () {}) as object).constructor,
  typedArray: () => Object.getPrototypeOf(Int8Array) as unknown,
}

const step = (value: unknown, key: string): unknown => {
  if (!isObject(value)) return undefined
  const accessor = /^(get|set) (.+)$/u.exec(key)
  const name = accessor?.[2] ?? key
  const found = name.startsWith('@@') ? (Reflect.get(Symbol, name.slice(2)) as symbol) : name
  if (accessor === null) return Reflect.get(value, found)
  return Reflect.getOwnPropertyDescriptor(value, found)?.[accessor[1] as 'get' | 'set']
}

/** What a name of `createWellKnown` stands for here. */
export const reach = ([root = '', ...keys]: readonly string[]): unknown => {
  if (root === '%') return keys.slice(1).reduce(step, unnamed[keys[0] ?? '']?.())
  const start: unknown = root.startsWith('node:') ? process.getBuiltinModule(root) : Reflect.get(globalThis, root)
  const found = keys.reduce(step, start)
  if (found === undefined)
    throw new DeserializationError(`this Node (${process.version}) has no ${[root, ...keys].join('.')}`)
  return found
}
