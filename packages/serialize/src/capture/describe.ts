import { SerializationError } from '@parsl/interfaces'
import { types } from 'node:util'
import { codeIdOf } from '../code-store.js'
import type { AnyFunction, CodeText, FunctionByCode, FunctionDescription, FunctionEncoder } from '../functions.js'
import { placeOfModule } from './bindings.js'
import { type Cells, createCells } from './cells.js'
import { type BoundCode, type PackageCode, type SourceCode, special } from './code.js'
import { type Environment, environmentOf, type Knowledge, readCells } from './environment.js'
import { createHidden } from './hidden.js'
import type { Home } from './home.js'
import { createLiveness } from './live-members.js'
import { createKnownObjects } from './known-objects.js'
import type { Bound, Inspected, Inspector } from './inspector.js'
import { createMembers } from './members.js'
import { createPackageNames } from './package-names.js'
import { packageHolding } from './packages.js'
import type { Plan } from './plan.js'
import type { Scripts } from './scripts.js'
import { importedSuperclass } from './superclass.js'
import { isClass } from './tree.js'

/** What a function is, before its values are read for a message. */
interface Known {
  readonly plan: Plan
  readonly environment: Environment
  readonly code: KnownCode
}

/** A code as it is sent, and what of it decides what the function does. */
interface KnownCode extends CodeText {
  readonly meaning: CodeText
}

/** What a description is for: the function itself, or what it means, wherever it stands. */
export type Purpose = 'travel' | 'identity'

interface Asked {
  readonly path: string
  readonly purpose: Purpose
}

export interface DescribeParts {
  readonly inspector: Inspector
  readonly scripts: Scripts
  readonly knowledge: Knowledge
  readonly home: Home
}

const nameText = (...parts: readonly string[]): string => JSON.stringify(parts)

const named = (...parts: readonly string[]): FunctionDescription => ({ name: nameText(...parts) })

const ownName = (fn: AnyFunction): string => {
  const value: unknown = Reflect.getOwnPropertyDescriptor(fn, 'name')?.value
  return typeof value === 'string' ? value : ''
}

/** As the walk over values names what a function captures. */
const closureOf = (fn: AnyFunction, path: string): string => `${path} › closure of ${ownName(fn) || 'function'}`

const codeOf = (plan: Plan, environment: Environment, name: string): SourceCode => {
  const { node, tree } = plan
  const { id, text, form, strict, line, column, declared, privates } = plan
  const { values, cells, early, imports, globals, intrinsics } = environment
  return {
    kind: 'source',
    id,
    tree: plan.hash,
    text,
    form,
    async: node['async'] === true,
    generator: node['generator'] === true,
    isClass: isClass(node),
    strict,
    url: tree.script.url,
    line,
    column,
    declared,
    names: Object.keys(values),
    cells: cells.map(({ name }) => name),
    cellsName: plan.cellsName,
    early,
    imports,
    globals,
    intrinsics,
    ...(plan.usesMeta && { meta: placeOfModule(tree.script.url) }),
    privates,
    name,
  }
}

const meaningOf = (code: SourceCode | PackageCode): CodeText => {
  const { id: _id, text: _text, line: _line, column: _column, url: _url, ...meaning } = code as SourceCode
  const text = JSON.stringify(meaning)
  return { id: text, text }
}

const textOf = (code: unknown): CodeText => {
  const text = JSON.stringify(code)
  return { id: codeIdOf(text), text }
}

/** Functions made at one place share their code, but for what their values make of it. */
const createCodes = () => {
  const known = new WeakMap<Plan, Map<string, KnownCode>>()
  return (plan: Plan, environment: Environment, name: string): KnownCode => {
    const { values, imports, globals, intrinsics, early } = environment
    const key = JSON.stringify([name, Object.keys(values), imports, globals, intrinsics, early])
    const codes = known.get(plan) ?? new Map<string, KnownCode>()
    known.set(plan, codes)
    const found = codes.get(key)
    if (found !== undefined) return found
    const code = codeOf(plan, environment, name)
    const made = { ...textOf(code), meaning: meaningOf(code) }
    codes.set(key, made)
    return made
  }
}

/** Nothing of it is to be read again. */
const isSettled = ({ plan, environment }: Known): boolean =>
  environment.cells.length === 0 && plan.privates.length === 0

const settled: Inspected = { location: undefined, bound: undefined, scopes: [], privates: new Map() }

const refuse = (path: string, reason: string): never => {
  throw new SerializationError(path, reason)
}

const ofNode = (fn: AnyFunction, path: string, { wellKnown }: Knowledge): FunctionDescription => {
  const reached = wellKnown.global(fn) ?? wellKnown.builtin(fn)
  if (reached !== undefined) return named('have', ...reached)
  return refuse(path, 'it is an internal function of Node; wrap it in one of your own')
}

/** Finds how functions of packages travel: by the name that their package exports them under. */
const createPackaged = (names: (fn: AnyFunction, url: string) => PackageCode | undefined) => {
  const known = new WeakMap<AnyFunction, PackageCode>()
  const holders = new Map<string, string | undefined>()
  const extending = new WeakMap<object, Plan>()

  const holderOf = (url: string): string | undefined => {
    const holder = holders.has(url) ? holders.get(url) : packageHolding(url)
    holders.set(url, holder)
    return holder
  }

  const find = (fn: AnyFunction, url: string): PackageCode | undefined => {
    const plan = extending.get(fn)
    return names(fn, url) ?? (plan && importedSuperclass(plan, fn))
  }

  return {
    /** Told of classes, whose source may say where their superclass is imported from. */
    extended: (fn: AnyFunction, plan: Plan): void => {
      const parent = Reflect.getPrototypeOf(fn)
      if (isClass(plan.node) && plan.node['superClass'] !== null && parent !== null) extending.set(parent, plan)
    },
    describe: (fn: AnyFunction, url: string, { path, purpose }: Asked): FunctionDescription | undefined => {
      const held = holderOf(url)
      if (held === undefined) return undefined
      const code = known.get(fn) ?? find(fn, url)
      if (code === undefined) {
        return refuse(
          path,
          `it belongs to the package ${held}, which is not seen to export it; import what gives it, and call that in the body`,
        )
      }
      known.set(fn, code)
      return { code: purpose === 'identity' ? meaningOf(code) : textOf(code) }
    },
  }
}

const boundFunction = (fn: AnyFunction, { target, self, args }: Bound): FunctionDescription => {
  const code: BoundCode = { kind: 'bound', name: ownName(fn) }
  return {
    code: textOf(code),
    captured: { [special.target]: target, [special.self]: self, [special.args]: args },
  }
}

const nativeFunction = (
  fn: AnyFunction,
  { bound, path }: { readonly bound: Bound | undefined; readonly path: string },
  { wellKnown }: Knowledge,
): FunctionDescription => {
  const reached = wellKnown.global(fn)
  if (reached !== undefined) return named('have', ...reached)
  if (bound !== undefined) return boundFunction(fn, bound)
  const inModule = wellKnown.builtin(fn)
  if (inModule !== undefined) return named('have', ...inModule)
  return refuse(path, 'it is a native function that no global name reaches; make it inside a function of your own')
}

/** Remembers what each function is; its variables are a snapshot of when it was first met. */
const createLearning = (
  { inspector, scripts, knowledge }: DescribeParts,
  members: ReturnType<typeof createMembers>,
) => {
  const codes = createCodes()
  const packaged = createPackaged(createPackageNames(inspector))
  const known = new WeakMap<object, Known>()
  const isUsers = ({ url }: { url: string }): boolean => !url.startsWith('node:') && packageHolding(url) === undefined

  const usersPlan = (fn: object): Plan | undefined => {
    const { location } = inspector.inspect(fn)
    if (location === undefined || !isUsers(scripts.scriptOf(location.scriptId))) return undefined
    return scripts.planAt(location, 'class')
  }
  const liveness = createLiveness(inspector, { planOf: usersPlan, find: scripts.find })

  const learn = (fn: AnyFunction, { location, scopes }: Inspected, path: string): Known => {
    const plan = scripts.planAt(location as NonNullable<typeof location>, path)
    if (plan.reason !== undefined) refuse(path, plan.reason)
    const environment = environmentOf({
      plan,
      scopes,
      path: closureOf(fn, path),
      knowledge,
      liveness,
      keys: members.keysOf(fn, plan),
    })
    const learned = { plan, environment, code: codes(plan, environment, ownName(fn)) }
    known.set(fn, learned)
    packaged.extended(fn, plan)
    return learned
  }

  return {
    known: (fn: object): Known | undefined => known.get(fn),
    learn,
    /** The function as one that travels otherwise than by its source, if it does. */
    elsewhere: (fn: AnyFunction, { location, bound }: Inspected, asked: Asked): FunctionDescription | undefined => {
      const { path } = asked
      if (location === undefined) return nativeFunction(fn, { bound, path }, knowledge)
      const { url } = scripts.scriptOf(location.scriptId)
      return url.startsWith('node:') ? ofNode(fn, path, knowledge) : packaged.describe(fn, url, asked)
    },
    usersPlan,
  }
}

/** Describes functions. */
export const createDescriber = (parts: DescribeParts) => {
  const { inspector, knowledge, home } = parts
  const members = createMembers(inspector)
  const learning = createLearning(parts, members)
  const hasHiddenState = createHidden(inspector, learning.usersPlan)
  const knownAs = createKnownObjects(knowledge.wellKnown, inspector)

  const nameOf = (value: object): string | undefined => {
    const intrinsic = knowledge.intrinsicName(value)
    if (intrinsic !== undefined) return nameText('intrinsic', intrinsic)
    const known = knownAs(value)
    return known === undefined ? undefined : nameText(...known)
  }

  const codeFor = (
    fn: AnyFunction,
    { code, plan }: Known,
    purpose: Purpose,
  ): Pick<FunctionByCode, 'code' | 'token'> => {
    if (purpose === 'identity') return { code: code.meaning }
    return isClass(plan.node) ? { code, token: home.tokenOf(fn) } : { code }
  }

  /** One encoder per message: what is assigned again is read once in it. */
  return (purpose: Purpose, cells: Cells = createCells('now')): FunctionEncoder => {
    const describe = (fn: AnyFunction, path: string): FunctionDescription => {
      if (types.isProxy(fn)) return refuse(path, 'it is a proxy; pass the function behind it')
      const intrinsic = knowledge.intrinsicName(fn)
      if (intrinsic !== undefined) return named('intrinsic', intrinsic)
      const before = learning.known(fn)
      const inspected = before !== undefined && isSettled(before) ? settled : inspector.inspect(fn)
      const elsewhere = before === undefined ? learning.elsewhere(fn, inspected, { path, purpose }) : undefined
      if (elsewhere !== undefined) return elsewhere
      const known = before ?? learning.learn(fn, inspected, path)
      const { captured, properties } = members.read(fn, known.plan, inspected)
      const read = readCells(known.environment, inspected, { cells, fn, path: closureOf(fn, path) })
      return {
        ...codeFor(fn, known, purpose),
        captured: { ...known.environment.values, ...read, ...captured },
        ...(properties !== undefined && { properties: properties as Record<PropertyKey, unknown> }),
      }
    }
    return { describe, hasHiddenState, nameOf }
  }
}
