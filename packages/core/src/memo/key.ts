import { hash } from 'node:crypto'
import { relative } from 'node:path'
import { isDataFile } from '@parsl/data'
import type { DataFile, MemoCall } from '@parsl/interfaces'
import {
  type Anatomy,
  type AnyFunction,
  type Functions,
  type IdentityOptions,
  type IdentityPart,
  shownOf,
} from '@parsl/serialize'
import { isShared, valueOfShared } from '@parsl/worker'
import { type FileStates, meaningOfState } from './file-state.js'

/** Counts up when equal calls get other keys than before: old results are then found no more. */
const VERSION = 1

/** Fields of an argument that are compared one by one when a miss is explained. */
const MOST_FIELDS = 32

/** What instances of a class count as. */
export type KeyFunctions = ReadonlyMap<AnyFunction, (value: never) => unknown>

/** By what a call is found again. */
export interface CallKey {
  /** As text, of 32 bytes. */
  readonly key: string
  /** Identity of the body, or the version that stands for it. */
  readonly body: string
  /** The body, taken apart; absent where a version stands for it. */
  readonly anatomy: Anatomy | undefined
  /** Of arguments, files and environment. */
  readonly parts: readonly IdentityPart[]
}

export interface KeyMaking {
  readonly functions: Functions
  readonly files: FileStates
  readonly keys: KeyFunctions
}

const short = (text: string): string => text.slice(0, 16)

const part = (label: string, identity: string, value?: unknown): IdentityPart => {
  const shown = shownOf(value)
  return { label, digest: short(identity), ...(shown !== undefined && value !== undefined && { shown }) }
}

/** Projects may move: what lies in the program's folder counts by its place there. */
const placeOf = (path: string): string => {
  const within = relative(process.cwd(), path)
  return within.startsWith('..') ? path : within
}

const keyFunctionFor = (value: object, keys: KeyFunctions): ((value: never) => unknown) | undefined => {
  if (keys.size === 0) return undefined
  for (let at: unknown = Object.getPrototypeOf(value); typeof at === 'object' && at !== null;) {
    const found = keys.get((at as { constructor: AnyFunction }).constructor)
    if (found) return found
    at = Object.getPrototypeOf(at)
  }
  return undefined
}

type AppLike = AnyFunction & { readonly func: AnyFunction; readonly options: { readonly version?: unknown } }

const isApp = (value: object): value is AppLike =>
  typeof value === 'function' && typeof (value as Partial<AppLike>).func === 'function' && 'with' in value

/** Files by their addresses, so that their order does not depend on that of fields. */
const sortedInputs = ({ inputs }: MemoCall): readonly DataFile[] =>
  inputs.toSorted((one, other) => (one.url < other.url ? -1 : 1))

/** Files count by their names here and by their states elsewhere; apps by their bodies; shared values as what they are. */
const standInsFor = (call: MemoCall, { keys, functions }: KeyMaking, ofShared: WeakMap<object, string>) => {
  const outputs = new Map(call.outputs.map((output, index) => [output.file, index]))
  const inputs = new Map(sortedInputs(call).map((input, index) => [input, index]))
  const shared = (value: Parameters<typeof valueOfShared>[0]): string => {
    const known = ofShared.get(value) ?? functions.identityOf(valueOfShared(value), { name: 'a shared value' })
    ofShared.set(value, known)
    return known
  }
  const ofFile = (file: DataFile): readonly unknown[] => {
    const output = outputs.get(file)
    if (output !== undefined) return ['output', output]
    const input = inputs.get(file)
    return input === undefined ? ['file', file.url] : ['file', file.filename, input]
  }
  return (value: object): { readonly value: unknown } | undefined => {
    if (isApp(value)) return { value: ['app', value.options.version ?? value.func] }
    if (isShared(value)) return { value: ['shared', shared(value)] }
    if (isDataFile(value)) return { value: ofFile(value) }
    const keyOf = keyFunctionFor(value, keys)
    return keyOf && { value: ['key', keyOf(value as never)] }
  }
}

const stateOf = async (file: DataFile, files: FileStates): Promise<string> =>
  // What is elsewhere counts by its address: to look at it would take as long as to bring it here.
  file.scheme === 'file' ? meaningOfState(await files.of(file.path)) : file.url

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const withoutIgnored = (value: unknown, { ignoreForCache }: MemoCall): unknown => {
  const names = ignoreForCache.filter((name) => typeof name === 'string')
  if (names.length === 0 || !isPlain(value)) return value
  const found: Record<string, PropertyDescriptor> = Object.getOwnPropertyDescriptors(value)
  for (const name of names) delete found[name]
  return Object.defineProperties({}, found)
}

/** The fields of a plain object, where it has few and nothing else. */
const fieldsOf = (value: unknown): readonly (readonly [string, unknown])[] | undefined => {
  if (!isPlain(value)) return undefined
  const keys = Reflect.ownKeys(value)
  if (keys.length === 0 || keys.length > MOST_FIELDS) return undefined
  const found = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(
    ([, one]) => one.enumerable === true && 'value' in one,
  )
  if (found.length < keys.length) return undefined
  return found.map(([key, one]) => [key, one.value] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

type Identify = (value: unknown, name: string) => string

/** An argument as one part, or as its fields, so that a miss can say which one differs. */
const partsOfArgument = (value: unknown, index: number, identify: Identify): IdentityPart[] => {
  const label = `argument ${index + 1}`
  const fields = fieldsOf(value)
  if (fields === undefined) return [part(label, identify(value, label), value)]
  return fields.map(([key, field]) => {
    const name = `${label} › ${key}`
    return part(name, identify(field, name), field)
  })
}

const partsOfArguments = (call: MemoCall, identify: Identify): IdentityPart[] =>
  call.args.flatMap((value, index) =>
    call.ignoreForCache.includes(index) ? [] : partsOfArgument(withoutIgnored(value, call), index, identify),
  )

/** The parts that take no time to find. */
const partsAtOnce = (call: MemoCall, identify: Identify): IdentityPart[] => [
  ...partsOfArguments(call, identify),
  ...call.outputs.map(({ kind, file }, index) => {
    const place = `${kind} ${file.scheme === 'file' ? placeOf(file.path) : file.url}`
    return part(`output ${index + 1}`, hash('sha256', place, 'base64url'), place)
  }),
  ...Object.keys(call.env)
    .sort()
    .map((name) => part(`env ${name}`, hash('sha256', call.env[name] ?? '', 'base64url'))),
]

const partsOfFiles = (call: MemoCall, files: FileStates): Promise<IdentityPart[]> =>
  Promise.all(
    sortedInputs(call).map(async (file) => {
      const state = await stateOf(file, files)
      return part(`file ${file.filename}`, hash('sha256', state, 'base64url'))
    }),
  )

/** Takes bodies apart: each once, but for those that are not the same at each call. */
const newBodies = ({ functions }: KeyMaking, standInsOf: (call: MemoCall) => IdentityOptions['standIn']) => {
  const known = new WeakMap<object, Anatomy>()
  return (call: MemoCall): Anatomy => {
    const options = { name: call.app, standIn: standInsOf(call) }
    // A join stays here: what it holds may be what nothing could capture.
    if (call.kind === 'join') return functions.anatomyOf(call.body, options)
    const captured = functions.capture(call.body, call.app)
    const anatomy = known.get(captured) ?? functions.anatomyOf(call.body, options)
    known.set(captured, anatomy)
    return anatomy
  }
}

/**
 * Makes the keys of calls: of what the body does, its arguments, the files among them, the names of its outputs, and its environment.
 * @throws SerializationError `PARSL_SERIALIZE` for what has no identity
 */
export const newKeys = (making: KeyMaking): ((call: MemoCall) => Promise<CallKey>) => {
  const ofShared = new WeakMap<object, string>()
  const standInsOf = (call: MemoCall) => standInsFor(call, making, ofShared)
  const bodyOf = newBodies(making, standInsOf)

  return async (call) => {
    const standIn = standInsOf(call)
    const identify: Identify = (value, name) =>
      making.functions.identityOf(value, { name: `${name} of ${call.app}`, standIn })
    const anatomy = call.version === undefined ? bodyOf(call) : undefined
    const body = anatomy?.identity ?? `version ${call.version} of ${call.app}`
    // Before anything is waited for: arguments count as they are at the call.
    const atOnce = partsAtOnce(call, identify)
    const parts = call.inputs.length === 0 ? atOnce : [...atOnce, ...(await partsOfFiles(call, making.files))]
    const whole = JSON.stringify([VERSION, call.kind, body, parts.map(({ label, digest }) => [label, digest])])
    return { key: hash('sha256', whole, 'base64url'), body, anatomy, parts }
  }
}
