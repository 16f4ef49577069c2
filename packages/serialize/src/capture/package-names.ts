import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { types } from 'node:util'
import type { AnyFunction } from '../functions.js'
import { isObject } from '../is-object.js'
import type { Imported, PackageCode } from './code.js'
import type { Inspector, Script } from './inspector.js'
import { entryKeyOf } from './package-entry.js'

type Export = Pick<PackageCode, 'keys'> & Pick<Imported, 'exported' | 'interop'>

type Found = Export & Pick<Imported, 'from' | 'package'>

interface Installed {
  /** Under which name it is installed. */
  readonly name: string
  readonly folder: string
}

/** A module that is loaded: a namespace, or what a CommonJS module exports. */
interface Loaded {
  readonly module: unknown
  readonly isCommonJs: boolean
}

/** The package that a file lies in, by its path: some have a package.json without a name further down. */
const installedAt = (url: string): Installed | undefined => {
  if (!url.startsWith('file:')) return undefined
  const parts = fileURLToPath(url).split(sep)
  const at = parts.lastIndexOf('node_modules') + 1
  const end = parts[at]?.startsWith('@') === true ? at + 2 : at + 1
  if (at === 0 || end >= parts.length) return undefined
  return { name: parts.slice(at, end).join('/'), folder: parts.slice(0, end).join(sep) }
}

/** What is read of a module; accessors only where they are how exports are written, since others may load something. */
const valueOf = (holder: object, key: string): unknown => {
  try {
    const found = Reflect.getOwnPropertyDescriptor(holder, key)
    const isPlain = found?.get === undefined || Object.hasOwn(holder, '__esModule')
    return isPlain ? Reflect.get(holder, key) : undefined
  } catch {
    // It has no value yet.
    return undefined
  }
}

/** A module that the program has loaded already. */
const loadedFrom = ({ url, isModule }: Script): Loaded | undefined => {
  const path = fileURLToPath(url)
  // With a query it would be another module.
  if (pathToFileURL(path).href !== url) return undefined
  const require = createRequire(url)
  try {
    const module: unknown = isModule ? require(path) : require.cache[path]?.exports
    return isModule && !types.isModuleNamespaceObject(module) ? undefined : { module, isCommonJs: !isModule }
  } catch {
    // It awaits, or is not there yet.
    return undefined
  }
}

const membersOf = (holder: unknown): [string, unknown][] =>
  isObject(holder) && !types.isProxy(holder)
    ? Object.getOwnPropertyNames(holder)
        .filter((key) => key !== 'default' && key !== 'prototype')
        .map((key) => [key, valueOf(holder, key)])
    : []

/** All that a module exports, the plainest names first. */
const exportsOf = ({ module, isCommonJs }: Loaded): (readonly [unknown, Export])[] => {
  if (!isObject(module)) return []
  const isMade = isCommonJs && valueOf(module, '__esModule') === true
  const interop = isMade ? { interop: true } : {}
  const hasDefault = !isCommonJs || isMade
  const whole = hasDefault ? valueOf(module, 'default') : module
  const named = membersOf(module).map(([key, value]) => [value, { exported: key, keys: [] }] as const)
  const within = hasDefault ? membersOf(whole) : []
  return [
    ...named,
    [whole, { exported: 'default', keys: [], ...interop }],
    ...within.map(([key, value]) => [value, { exported: 'default', keys: [key], ...interop }] as const),
  ]
}

/** Some packages export a function that makes instances of a class, and share its prototype. */
const classBehind = (value: unknown): unknown => {
  const prototype: unknown =
    typeof value === 'function' ? Reflect.getOwnPropertyDescriptor(value, 'prototype')?.value : undefined
  return isObject(prototype) ? Reflect.getOwnPropertyDescriptor(prototype, 'constructor')?.value : undefined
}

type Names = WeakMap<AnyFunction, Found>

const addExport = (names: Names, value: unknown, found: Found): void => {
  if (typeof value === 'function' && !names.has(value)) names.set(value, found)
}

/** Names for the functions that a package exports, of those of its modules that are loaded and may be imported. */
const namesIn = ({ name, folder }: Installed, scripts: Iterable<Script>): Names => {
  const json = join(folder, 'package.json')
  const { name: own = name, version = '' } = JSON.parse(readFileSync(json, 'utf8')) as Record<string, string>
  const names: Names = new WeakMap()
  const found = [...scripts]
    .filter(({ url }) => installedAt(url)?.folder === folder)
    .flatMap((script) => {
      const key = entryKeyOf(relative(folder, fileURLToPath(script.url)).split(sep).join('/'), json)
      const loaded = key === undefined ? undefined : loadedFrom(script)
      if (key === undefined || loaded === undefined) return []
      const at = { from: join(name, key).split(sep).join('/'), package: `${own}@${version}` }
      return exportsOf(loaded).map(([value, exported]) => [value, { ...exported, ...at }] as const)
    })
    .toSorted(([, a], [, b]) => a.from.length - b.from.length)
  for (const [value, one] of found) addExport(names, value, one)
  for (const [value, one] of found)
    addExport(names, classBehind(value), { ...one, keys: [...one.keys, 'prototype', 'constructor'] })
  return names
}

/** Whether `require` gives the ES modules that `import` gave. What a tool puts in its place makes them anew. */
const isNodesOwn = (loaded: readonly Script[], { inspect }: Inspector): boolean => {
  const load = createRequire(import.meta.url).extensions?.['.js']
  if (load === undefined) return true
  const id = inspect(load).location?.scriptId
  return loaded.some(({ scriptId, url }) => scriptId === id && url.startsWith('node:'))
}

/** Finds the names under which packages export their functions; nothing is loaded for it. */
export const createPackageNames = (inspector: Inspector) => {
  const scripts = (): Script[] => {
    const loaded = inspector.withDebugger(({ scripts: all }) => [...all])
    return isNodesOwn(loaded, inspector) ? loaded : loaded.filter(({ isModule }) => !isModule)
  }
  const known = new Map<string, Names>()
  return (fn: AnyFunction, url: string): PackageCode | undefined => {
    const installed = installedAt(url)
    if (installed === undefined || !existsSync(join(installed.folder, 'package.json'))) return undefined
    const { folder } = installed
    // It may have been loaded since.
    if (known.get(folder)?.has(fn) !== true) known.set(folder, namesIn(installed, scripts()))
    const found = known.get(folder)?.get(fn)
    if (found === undefined) return undefined
    const { keys, ...imported } = found
    return packageCode({ url, imported, keys }, fn)
  }
}

interface From extends Pick<PackageCode, 'url' | 'keys'> {
  readonly imported: Omit<Imported, 'local'>
}

export const packageCode = ({ url, imported, keys }: From, { name }: AnyFunction): PackageCode => ({
  kind: 'package',
  name: typeof name === 'string' ? name : '',
  url,
  line: 0,
  imports: [{ local: 'it', ...imported }],
  keys,
})
