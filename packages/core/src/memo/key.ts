import { hash } from 'node:crypto'
import type { DataFile, MemoCall } from '@parsl/interfaces'
import { type Anatomy, type Functions, type IdentityPart, shownOf } from '@parsl/serialize'
import { type FileStates, meaningOfState } from './file-state.js'
import { byAddress, type KeyFunctions, newStandIns, NO_FILES, placeOf, type StandIns } from './stand-ins.js'

/** Counts up when equal calls get other keys than before: old results are then found no more. */
const VERSION = 1

/** Fields of an argument that are compared one by one when a miss is explained. */
const MOST_FIELDS = 32

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
  ...call.streams.map(({ stream, path }) => part(stream, hash('sha256', placeOf(path), 'base64url'), placeOf(path))),
  ...Object.keys(call.env)
    .sort()
    .map((name) => part(`env ${name}`, hash('sha256', call.env[name] ?? '', 'base64url'))),
]

const partsOfFiles = (found: ReadonlySet<DataFile>, files: FileStates): Promise<IdentityPart[]> =>
  Promise.all(
    byAddress(found).map(async (file) => {
      const state = await stateOf(file, files)
      return part(`file ${file.filename}`, hash('sha256', state, 'base64url'))
    }),
  )

/** A body and the files that it holds. */
interface Body {
  readonly anatomy: Anatomy | undefined
  readonly files: ReadonlySet<DataFile>
}

/** Takes bodies apart: each once, but for those that are not the same at each call. */
const newBodies = ({ functions }: KeyMaking, standInsFor: ReturnType<typeof newStandIns>) => {
  const known = new WeakMap<object, Body>()
  const takeApart = ({ body, app: name }: MemoCall): Body => {
    const { standIn, files } = standInsFor(NO_FILES)
    return { anatomy: functions.anatomyOf(body, { name, standIn }), files }
  }
  return (call: MemoCall): Body => {
    if (call.version !== undefined) return { anatomy: undefined, files: new Set() }
    // What stays here sees what it holds as that is now; it may be what nothing could capture.
    if (call.isHere) return takeApart(call)
    const captured = functions.capture(call.body, call.app)
    const body = known.get(captured) ?? takeApart(call)
    known.set(captured, body)
    return body
  }
}

/** Makes the keys of calls. */
export interface Keys {
  /**
   * At once where no file has to be looked at: arguments count as they are when this is called.
   * @throws SerializationError `PARSL_SERIALIZE` for what has no identity
   */
  of(call: MemoCall): CallKey | Promise<CallKey>
  /** Whether the arguments are still those of the key. */
  hasSameArguments(call: MemoCall, key: CallKey): boolean
  /** Whether the body, with what it holds, is. */
  hasSameBody(call: MemoCall, key: CallKey): boolean
}

/** Keys of what the body does, its arguments, the files that both hold, the names of outputs and streams, and the environment. */
export const newKeys = (making: KeyMaking): Keys => {
  const standInsFor = newStandIns(making)
  const bodyOf = newBodies(making, standInsFor)

  const atOnce = (call: MemoCall): { readonly parts: readonly IdentityPart[]; readonly files: StandIns['files'] } => {
    const { standIn, files } = standInsFor(call)
    const identify: Identify = (value, name) =>
      making.functions.identityOf(value, { name: `${name} of ${call.app}`, standIn })
    return { parts: partsAtOnce(call, identify), files }
  }
  const keyFor = ({ kind, app, version }: MemoCall, { anatomy }: Body, parts: readonly IdentityPart[]): CallKey => {
    const body = anatomy?.identity ?? `version ${version} of ${app}`
    const whole = JSON.stringify([VERSION, kind, body, parts.map(({ label, digest }) => [label, digest])])
    return { key: hash('sha256', whole, 'base64url'), body, anatomy, parts }
  }
  return {
    of: (call) => {
      const body = bodyOf(call)
      const { parts, files } = atOnce(call)
      const all = files.union(body.files)
      if (all.size === 0) return keyFor(call, body, parts)
      return partsOfFiles(all, making.files).then((ofFiles) => keyFor(call, body, [...parts, ...ofFiles]))
    },
    hasSameArguments: (call, { parts }) =>
      atOnce(call).parts.every(({ digest }, index) => digest === parts[index]?.digest),
    hasSameBody: (call, { anatomy }) => bodyOf(call).anatomy?.identity === anatomy?.identity,
  }
}
