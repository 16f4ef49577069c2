import { DeserializationError } from '@parsl/interfaces'
import { createByteCache } from '../byte-cache.js'
import { type Code, type EarlyValue, type PackageCode, type SourceCode, special } from '../capture/code.js'
import type { Home } from '../capture/home.js'
import type { AnyFunction, FunctionDecoder } from '../functions.js'
import { isObject } from '../is-object.js'
import { compile, type Factory, type Made } from './compile.js'
import { fillMembers } from './fill.js'
import { asNamespace } from './members.js'
import { createModules } from './modules.js'
import { reach } from './reach.js'

interface Ready {
  readonly code: Code
  readonly factory: Factory | undefined
  /** What the code finds where it is made, the same for all that is made of it. */
  around?: Readonly<Record<string, unknown>>
}

interface Open {
  readonly made: Made | undefined
  readonly isClass: boolean
  readonly bound?: BoundState
}

interface BoundState {
  target: AnyFunction | undefined
  self: unknown
  args: readonly unknown[]
}

export interface ReviverOptions {
  readonly intrinsics: ReadonlyMap<string, unknown>
  readonly home: Home
  /** How many bytes of code are kept compiled. */
  readonly maxCodeBytes: number
}

const earlyOf = (value: EarlyValue): unknown => {
  if (typeof value !== 'object') return value
  return value.wellKnown ? Reflect.get(Symbol, value.symbol) : Symbol.for(value.symbol)
}

const setName = (fn: object, name: string): void => {
  const found = Reflect.getOwnPropertyDescriptor(fn, 'name')
  if (found?.value === name || (found !== undefined && typeof found.value !== 'string')) return
  Object.defineProperty(fn, 'name', { value: name, configurable: true })
}

const createBound = (name: string): { fn: AnyFunction; bound: BoundState } => {
  const bound: BoundState = { target: undefined, self: undefined, args: [] }
  function call(...rest: unknown[]): unknown {
    const target = bound.target as AnyFunction
    const args = [...bound.args, ...rest]
    if (new.target === undefined) return Reflect.apply(target, bound.self, args)
    return Reflect.construct(target, args, (new.target as unknown) === call ? target : new.target)
  }
  const fn = call.bind(undefined)
  setName(fn, name)
  return { fn, bound }
}

/** Compiled code, the least recently used forgotten first. */
const createCodeCache = (maxBytes: number) => {
  const cache = createByteCache<Ready>(maxBytes, (_ready, text) => text.length)
  return (text: string): Ready => {
    const known = cache.get(text)
    if (known !== undefined) return known
    const code = JSON.parse(text) as Code
    const ready: Ready = { code, factory: code.kind === 'source' ? compile(code) : undefined }
    cache.set(text, ready)
    return ready
  }
}

const fillBound = (bound: BoundState, values: Readonly<Record<string, unknown>>): void => {
  bound.target = values[special.target] as AnyFunction
  bound.self = values[special.self]
  bound.args = values[special.args] as readonly unknown[]
}

/** More than Node has. */
const mostNames = 10_000

/** What code finds where it is made: modules, globals, intrinsics, parts of keys. */
const createSurroundings = (intrinsics: ReadonlyMap<string, unknown>) => {
  const modules = createModules()
  const intrinsic = (name: string): unknown => {
    if (intrinsics.has(name)) return intrinsics.get(name)
    throw new DeserializationError(`nothing here is called ${name}; use the same version of @parsl on both sides`)
  }
  const found = new Map<string, unknown>()
  const find = (description: string): unknown => {
    const [kind, ...name] = JSON.parse(description) as string[]
    const reached = kind === 'intrinsic' ? intrinsic(name[0] ?? '') : reach(name)
    const value = kind === 'namespace' ? asNamespace(reached) : reached
    if (found.size < mostNames) found.set(description, value)
    return value
  }
  const named = (description: string): unknown => found.get(description) ?? find(description)
  const of = (code: SourceCode): Record<string, unknown> => ({
    ...modules.values(code),
    ...Object.fromEntries(code.globals.map(([local, name]) => [local, reach(JSON.parse(name) as string[])])),
    ...Object.fromEntries(code.intrinsics.map(([local, name]) => [local, intrinsic(name)])),
    ...Object.fromEntries(code.early.map(([name, value]) => [name, earlyOf(value)])),
  })
  const exported = ({ keys, name, ...code }: PackageCode): object => {
    const found = keys.reduce(
      (value, key) => (isObject(value) ? Reflect.get(value, key) : undefined) as unknown,
      modules.values({ ...code, name })['it'],
    )
    if (typeof found === 'function') return found
    throw new DeserializationError(`${code.imports[0]?.from} exports no function ${name} here`)
  }
  return { named, of, exported, prepare: modules.prepare }
}

interface Shared {
  readonly surroundings: ReturnType<typeof createSurroundings>
  readonly codeFor: ReturnType<typeof createCodeCache>
  readonly home: Home
}

const createDecoding = ({ surroundings, codeFor, home }: Shared): FunctionDecoder => {
  const open = new Map<object, Open>()
  const classes = new Map<string, AnyFunction>()

  const fromSource = (ready: Ready, code: SourceCode, token: string | undefined): AnyFunction => {
    const before = token === undefined ? undefined : (home.find(token) ?? classes.get(token))
    if (before !== undefined) return before as AnyFunction
    const factory = ready.factory as Factory
    const made = factory((ready.around ??= surroundings.of(code)), function base() {}, code.meta)
    const fn = made.fn as AnyFunction
    setName(fn, code.name)
    open.set(fn, { made, isClass: code.isClass })
    if (token !== undefined) {
      home.remember(fn, token)
      classes.set(token, fn)
    }
    return fn
  }

  return {
    prepare: (texts) => {
      const codes = texts.map((text) => codeFor(text).code).filter((code) => code.kind !== 'bound')
      surroundings.prepare(codes)
    },
    create: (description) => {
      if ('name' in description) return surroundings.named(description.name) as object
      const ready = codeFor(description.code)
      const { code } = ready
      if (code.kind === 'source') return fromSource(ready, code, description.token)
      if (code.kind === 'package') return surroundings.exported(code)
      const { fn, bound } = createBound(code.name)
      open.set(fn, { made: undefined, isClass: false, bound })
      return fn
    },
    fill: (fn, { captured = {}, properties }) => {
      const found = open.get(fn)
      // A class that came home, or with an earlier message, is complete already.
      if (found === undefined) return
      open.delete(fn)
      const values = captured as Readonly<Record<string, unknown>>
      if (found.bound !== undefined) return fillBound(found.bound, values)
      found.made?.fill(values)
      if (values[special.privates] !== undefined) found.made?.setPrivates?.(values[special.privates])
      fillMembers(fn, values, { properties, isClass: found.isClass })
    },
  }
}

/** Makes functions of what a describer wrote: each call gives a decoder for the messages of one task. */
export const createReviver = ({ intrinsics, home, maxCodeBytes }: ReviverOptions): (() => FunctionDecoder) => {
  const shared = { surroundings: createSurroundings(intrinsics), codeFor: createCodeCache(maxCodeBytes), home }
  return () => createDecoding(shared)
}
