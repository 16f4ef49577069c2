import { isObject } from '../is-object.js'
import { isBuiltin } from 'node:module'
import { runInNewContext } from 'node:vm'

/** How to reach something that every Node has: a global or `node:` module, then keys. */
export type Reached = readonly [root: string, ...keys: readonly string[]]

const nodeGlobals = [
  'Buffer', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'AbortController', 'AbortSignal', 'Event',
  'EventTarget', 'MessageChannel', 'MessagePort', 'structuredClone', 'setTimeout', 'setInterval', 'setImmediate',
  'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask', 'performance', 'fetch', 'Headers', 'Request',
  'Response', 'FormData', 'Blob', 'File', 'process', 'console', 'atob', 'btoa', 'crypto', 'WebAssembly', 'DOMException',
  'ReadableStream', 'WritableStream', 'TransformStream', 'CompressionStream', 'DecompressionStream', 'BroadcastChannel',
  'WebSocket', 'navigator',
] // prettier-ignore

/** Modules that are searched for a function of Node's own; loading any of them has no effect that shows. */
const modules = [
  'assert', 'assert/strict', 'async_hooks', 'buffer', 'child_process', 'crypto', 'dns', 'dns/promises', 'events', 'fs',
  'fs/promises', 'http', 'http2', 'https', 'module', 'net', 'os', 'path', 'path/posix', 'path/win32', 'perf_hooks',
  'process', 'querystring', 'readline', 'readline/promises', 'stream', 'stream/consumers', 'stream/promises',
  'stream/web', 'string_decoder', 'timers', 'timers/promises', 'tls', 'tty', 'url', 'util', 'util/types', 'v8', 'vm',
  'worker_threads', 'zlib',
] // prettier-ignore

const partKey = (key: PropertyKey): string | undefined => {
  if (typeof key === 'string') return key
  const name = String((key as symbol).description)
  return name.startsWith('Symbol.') ? `@@${name.slice(7)}` : undefined
}

type Table = Map<unknown, Reached>

const add = (table: Table, value: unknown, reached: Reached): void => {
  if (isObject(value) && !table.has(value)) table.set(value, reached)
}

const addMembers = (table: Table, value: unknown, [root, ...keys]: Reached): void => {
  if (!isObject(value)) return
  for (const key of Reflect.ownKeys(value)) {
    const name = partKey(key)
    const found = Reflect.getOwnPropertyDescriptor(value, key)
    if (name === undefined || found === undefined || name === 'constructor') continue
    if (typeof found.value === 'function') add(table, found.value, [root, ...keys, name])
    if (found.get !== undefined) add(table, found.get, [root, ...keys, `get ${name}`])
    if (found.set !== undefined) add(table, found.set, [root, ...keys, `set ${name}`])
  }
}

const addTree = (table: Table, value: unknown, reached: Reached): void => {
  add(table, value, reached)
  addMembers(table, value, reached)
  if (typeof value === 'function') {
    const { prototype } = value as { prototype?: unknown }
    addMembers(table, prototype, [...reached, 'prototype'])
  }
}

const dataValue = (object: object, key: PropertyKey): unknown => Reflect.getOwnPropertyDescriptor(object, key)?.value

const prototypesWithoutName = (table: Table): void => {
  const kinds = { async: async () => {}, generator: function* () {}, asyncGenerator: async function* () {} }
  for (const [name, fn] of Object.entries(kinds)) {
    add(table, (Object.getPrototypeOf(fn) as object).constructor, ['%', name])
  }
  addMembers(table, Object.getPrototypeOf(Int8Array.prototype), ['%', 'typedArray', 'prototype'])
  add(table, Object.getPrototypeOf(Int8Array), ['%', 'typedArray'])
}

const namesOfGlobals = (): string[] => [
  ...(runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]),
  ...nodeGlobals,
]

const globalTable = (): Table => {
  const table: Table = new Map()
  const names = namesOfGlobals()
  const values = names.map((name) => [name, dataValue(globalThis, name)] as const)
  for (const [name, value] of values) add(table, value, [name])
  for (const [name, value] of values) addTree(table, value, [name])
  const intl = dataValue(globalThis, 'Intl') as object
  for (const name of Object.getOwnPropertyNames(intl)) addTree(table, dataValue(intl, name), ['Intl', name])
  prototypesWithoutName(table)
  table.delete(globalThis)
  return table
}

/** What this process has loaded so far, by Node's own list; nothing of other modules can be met. */
const loadedModules = (): readonly string[] => (Reflect.get(process, 'moduleLoadList') as string[] | undefined) ?? []

const moduleTable = (): Table => {
  const table: Table = new Map()
  const loaded = new Set(loadedModules())
  const isLoaded = (name: string): boolean => loaded.size === 0 || loaded.has(`NativeModule ${name}`)
  for (const name of modules.filter((module) => isBuiltin(module) && isLoaded(module))) {
    const module: unknown = process.getBuiltinModule(name)
    if (!isObject(module)) continue
    addTree(table, module, [`node:${name}`])
    for (const key of Object.keys(module)) {
      const value = dataValue(module, key)
      if (typeof value === 'function') addTree(table, value, [`node:${name}`, key])
      else add(table, value, [`node:${name}`, key])
    }
  }
  return table
}

/** Finds names for what every Node has. The tables are made when first asked for. */
export const createWellKnown = () => {
  let globals: Table | undefined
  let builtins: Table | undefined
  let names: ReadonlySet<string> | undefined
  let count = -1
  const builtinTable = (): Table => {
    if (builtins !== undefined && count === loadedModules().length) return builtins
    builtins = moduleTable()
    count = loadedModules().length
    return builtins
  }
  const lazyGlobal = (value: unknown): Reached | undefined => {
    const name = typeof value === 'function' ? value.name : ''
    return nodeGlobals.includes(name) && Reflect.get(globalThis, name) === value ? [name] : undefined
  }
  return {
    global: (value: unknown): Reached | undefined => (globals ??= globalTable()).get(value) ?? lazyGlobal(value),
    /** Whether every Node has a global of this name. */
    hasGlobal: (name: string): boolean => (names ??= new Set(['global', ...namesOfGlobals()])).has(name),
    builtin: (value: unknown): Reached | undefined => builtinTable().get(value),
  }
}

export type WellKnown = ReturnType<typeof createWellKnown>
