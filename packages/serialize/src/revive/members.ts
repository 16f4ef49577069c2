import { DeserializationError } from '@parsl/interfaces'
import type { Imported } from '../capture/code.js'
import { isObject } from '../is-object.js'

const keysOf = (value: unknown): string[] => (isObject(value) ? Object.getOwnPropertyNames(value) : [])

/** Node finds some of the members of a CommonJS module, and puts them into its namespace. */
const isCommonJs = (namespace: object, exports: unknown): boolean =>
  keysOf(namespace).every(
    (key) =>
      ['default', 'module.exports'].includes(key) ||
      (isObject(exports) && Reflect.get(exports, key) === Reflect.get(namespace, key)),
  )

/** The namespace of a module as tools make it that turn ES modules into CommonJS: all members of either. */
const viewOf = (namespace: object, exports: unknown): object => {
  if (!isCommonJs(namespace, exports)) return namespace
  const view = Object.create(null) as object
  for (const from of [exports, namespace]) {
    for (const key of keysOf(from)) {
      const get = (): unknown => Reflect.get(from as object, key)
      Object.defineProperty(view, key, { get, enumerable: true, configurable: true })
    }
  }
  return Object.defineProperty(view, 'default', { value: exports, enumerable: true })
}

const isInterop = (exports: unknown): exports is object =>
  isObject(exports) && Reflect.get(exports, '__esModule') === true && 'default' in exports

/** The namespace that tools make of what `require` gives. */
export const asNamespace = (exports: unknown): object => (isInterop(exports) ? exports : viewOf({}, exports))

/** Of Node's own modules there are only the exports. */
const namespaceOf = (module: object, from: string): object => (from.startsWith('node:') ? { default: module } : module)

const named = (holders: readonly unknown[], { exported, from }: Imported): unknown => {
  const holder = holders.find((object): object is object => isObject(object) && exported in object)
  if (holder !== undefined) return Reflect.get(holder, exported)
  throw new DeserializationError(`${from} has no export '${exported}' here`)
}

/** What was imported of a package's namespace, or of the exports of a module of Node's. */
export const member = (module: object, imported: Imported): unknown => {
  const { exported, from, interop = false } = imported
  const namespace = namespaceOf(module, from)
  const exports: unknown = 'default' in namespace ? namespace.default : namespace
  if (interop && isInterop(exports)) return exported === '*' ? exports : named([exports], imported)
  if (exported === '*') return interop || namespace !== module ? viewOf(namespace, exports) : module
  return exported === 'default' ? exports : named([namespace, exports], imported)
}
