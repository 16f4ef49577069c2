import { SerializationError } from '@parsl/interfaces'
import { types } from 'node:util'
import type { AnyFunction } from '../functions.js'
import { isObject } from '../is-object.js'
import { importOf, placeOfModule, scopeOf } from './bindings.js'
import { type Cell, type Cells, readVariable } from './cells.js'
import { type EarlyValue, type Imported, own } from './code.js'
import { type Given, givenAsRequire, givenByTool, givenToCommonJs } from './given-names.js'
import type { Inspected, ScopeValues } from './inspector.js'
import { holdsMarked } from './marked.js'
import { type Liveness, namespaceSource, namespaceValue } from './namespaces.js'
import { referencesToExports } from './own-exports.js'
import type { FreeName, Plan } from './plan.js'
import type { WellKnown } from './well-known.js'

/** What a function needs around it, sorted by how it travels. */
export interface Environment {
  readonly values: Readonly<Record<string, unknown>>
  /** Assigned again: to be read anew for each message. */
  readonly cells: readonly FreeName[]
  readonly early: readonly (readonly [string, EarlyValue])[]
  readonly imports: readonly Imported[]
  readonly globals: readonly (readonly [string, string])[]
  readonly intrinsics: readonly (readonly [string, string])[]
}

/** What other parts know about values. */
export interface Knowledge {
  readonly wellKnown: WellKnown
  intrinsicName(value: unknown): string | undefined
}

interface Draft {
  values: Record<string, unknown>
  cells: FreeName[]
  early: (readonly [string, EarlyValue])[]
  imports: Imported[]
  globals: (readonly [string, string])[]
  intrinsics: (readonly [string, string])[]
}

/** A global that the program made itself; Node's own are accessors, not enumerable, or known by name. */
const isUsersGlobal = (name: string, { wellKnown }: Knowledge): boolean => {
  const found = Object.getOwnPropertyDescriptor(globalThis, name)
  return found !== undefined && 'value' in found && found.enumerable === true && !wellKnown.hasGlobal(name)
}

const earlyValue = (value: unknown): EarlyValue | undefined => {
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value !== 'symbol') return undefined
  const key = Symbol.keyFor(value)
  if (key !== undefined) return { symbol: key, wellKnown: false }
  const name = String(value.description).replace(/^Symbol\./u, '')
  return Reflect.get(Symbol, name) === value ? { symbol: name, wellKnown: true } : undefined
}

const builtinNamespace = (value: unknown, { wellKnown }: Knowledge): string | undefined => {
  if (!types.isModuleNamespaceObject(value)) return undefined
  const reached = wellKnown.builtin(Reflect.get(value as object, 'default'))
  return reached === undefined ? undefined : JSON.stringify(reached)
}

const globalObject = (value: unknown, knowledge: Knowledge): string | undefined => {
  if (value === globalThis) return '["globalThis"]'
  if (typeof value !== 'object' || value === null) return undefined
  const reached = knowledge.wellKnown.global(value)
  const found = reached ?? knowledge.wellKnown.builtin(value)
  return found === undefined ? builtinNamespace(value, knowledge) : JSON.stringify(found)
}

const addValue = (
  draft: Draft,
  [name, value]: readonly [string, unknown],
  { knowledge }: Pick<Request, 'knowledge'>,
): void => {
  const intrinsic = knowledge.intrinsicName(value)
  const global = intrinsic === undefined ? globalObject(value, knowledge) : undefined
  if (intrinsic !== undefined) draft.intrinsics.push([name, intrinsic])
  else if (global !== undefined) draft.globals.push([name, global])
  else draft.values[name] = value
}

const checkName = (name: string, path: string): void => {
  const at = `${path} › ${name}`
  if (name === 'arguments') {
    throw new SerializationError(at, 'it belongs to the function around it; write `const args = [...arguments]` there')
  }
  if (name === '__proto__') throw new SerializationError(at, 'a variable of this name cannot travel; rename it')
}

const addGiven = (draft: Draft, { values = {}, imports = [] }: Given): void => {
  Object.assign(draft.values, values)
  draft.imports.push(...imports)
}

const commonJsNames = new Set(['require', 'module', 'exports', '__dirname', '__filename'])

const addCommonJs = (draft: Draft, name: string, request: Request): void => {
  const { plan, scopes, path, liveness } = request
  const given = givenToCommonJs(name, placeOfModule(plan.tree.script.url))
  const namespace = name === 'exports' ? scopes.find((values) => Object.hasOwn(values, name))?.[name] : undefined
  if (given !== undefined) addGiven(draft, given)
  else if (isObject(namespace)) {
    const used = { references: referencesToExports(plan.tree, plan.node) }
    draft.values[name] = namespaceValue(used, plan, { namespace, liveness })
  } else throw new SerializationError(`${path} › ${name}`, 'it belongs to the module around it; capture what it holds')
}

const addUndeclared = (draft: Draft, request: Request): void => {
  const { plan, scopes, path } = request
  for (const name of plan.undeclared) {
    const scope = scopes.find((values) => Object.hasOwn(values, name))
    if (!plan.tree.script.isModule && commonJsNames.has(name)) addCommonJs(draft, name, request)
    else if (scope !== undefined) addValue(draft, [name, readVariable(scope, name, path)], request)
    else if (isUsersGlobal(name, request.knowledge)) {
      throw new SerializationError(
        `${path} › ${name}`,
        'it is a global that this program made, and elsewhere there is none; import it or pass it as an argument',
      )
    }
  }
}

const addEarly = (draft: Draft, name: string, path: string): void => {
  if (draft.imports.some(({ local }) => local === name) || !Object.hasOwn(draft.values, name)) {
    if (!draft.cells.some((cell) => cell.name === name)) return
  }
  const value = earlyValue(draft.values[name])
  if (value === undefined || draft.cells.some((cell) => cell.name === name)) {
    throw new SerializationError(
      `${path} › ${name}`,
      'a computed key of the class uses it, and only constant strings, numbers and Symbol.for symbols travel there',
    )
  }
  draft.early.push([name, value])
}

const addKey = (draft: Draft, [name, key]: readonly [string, PropertyKey | undefined], path: string): void => {
  const value = earlyValue(key)
  if (value !== undefined) draft.early.push([name, value])
  else
    throw new SerializationError(
      path,
      `the computed key ${String(key)} of its method exists only here; use Symbol.for(name)`,
    )
}

interface Request {
  readonly plan: Plan
  readonly scopes: readonly ScopeValues[]
  readonly path: string
  readonly knowledge: Knowledge
  readonly liveness: Liveness
  /** Computed keys of the methods of a class. */
  readonly keys: readonly (PropertyKey | undefined)[]
}

const isOtherwiseModule = (name: FreeName, value: object, request: Request): boolean =>
  types.isModuleNamespaceObject(value) ? holdsMarked(name, request) : request.liveness.isBundled(value)

/** Of a module that the other side does not import, only what the function names travels. */
const travelling = (name: FreeName, value: unknown, request: Request): unknown => {
  const { plan, liveness } = request
  if (!isObject(value)) return value
  const source = namespaceSource(name, plan, value)
  if (source === undefined && !isOtherwiseModule(name, value, request)) return value
  return namespaceValue(name, plan, { namespace: value, from: source?.from ?? '', liveness })
}

export const environmentOf = (request: Request): Environment => {
  const { plan, scopes, path } = request
  const draft: Draft = { values: {}, cells: [], early: [], imports: [], globals: [], intrinsics: [] }
  const place = plan.tree.once('where the module is', () => placeOfModule(plan.tree.script.url))
  for (const name of plan.free) {
    checkName(name.name, path)
    const imported = importOf(plan, name, scopes)
    const isImport = imported !== undefined && (imported.package === undefined || !holdsMarked(name, request))
    const tools = givenByTool(name.name, place)
    if (isImport) draft.imports.push(imported)
    else if (tools !== undefined) addGiven(draft, tools)
    else if (name.reassigned) draft.cells.push(name)
    else {
      const value = readVariable(scopeOf(scopes, name, path), name.name, path)
      const given = givenAsRequire(name.name, value, place)
      if (given !== undefined) addGiven(draft, given)
      else addValue(draft, [name.name, travelling(name, value, request)], request)
    }
  }
  addUndeclared(draft, request)
  for (const name of plan.early) addEarly(draft, name, path)
  request.keys.forEach((key, index) => addKey(draft, [`${own.key}${index}`, key], path))
  return draft
}

/** Reads the variables that are assigned again. */
export const readCells = (
  { cells: names }: Environment,
  { scopes }: Inspected,
  { cells, ...at }: { cells: Cells; fn: AnyFunction; path: string },
): Record<string, Cell> =>
  Object.fromEntries(names.map((name) => [name.name, cells.of({ ...at, name, scope: scopeOf(scopes, name, at.path) })]))
