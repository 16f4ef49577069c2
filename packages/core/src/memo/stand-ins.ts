import { relative } from 'node:path'
import { isDataFile } from '@parsl/data'
import type { DataFile, MemoCall } from '@parsl/interfaces'
import type { AnyFunction, Functions, IdentityOptions } from '@parsl/serialize'
import { isShared, valueOfShared } from '@parsl/worker'

/** What instances of a class count as. */
export type KeyFunctions = ReadonlyMap<AnyFunction, (value: never) => unknown>

/** Projects may move: what lies in the program's folder counts by its place there. */
export const placeOf = (path: string): string => {
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
export const byAddress = (files: Iterable<DataFile>): readonly DataFile[] =>
  [...files].sort((one, other) => (one.url < other.url ? -1 : 1))

/** The files of a call, by the numbers under which they count. A body that is met apart from any call has none. */
type Files = Pick<MemoCall, 'inputs' | 'outputs'>
export const NO_FILES: Files = { inputs: [], outputs: [] }

/** A shared value counts as what it is, which is found out once. */
interface SharedCount {
  readonly identity: string
  readonly files: ReadonlySet<DataFile>
}

/** What counts in place of an object, and the files that were met on the way, whose contents count as well. */
export interface StandIns {
  readonly standIn: NonNullable<IdentityOptions['standIn']>
  readonly files: ReadonlySet<DataFile>
}

/** Files count by their names here and by their states elsewhere; apps by their bodies; shared values as what they are. */
export const newStandIns = ({ keys, functions }: { readonly keys: KeyFunctions; readonly functions: Functions }) => {
  const ofShared = new WeakMap<object, SharedCount>()

  const sharedCount = (value: Parameters<typeof valueOfShared>[0]): SharedCount => {
    const known = ofShared.get(value)
    if (known) return known
    const { standIn, files } = standInsFor(NO_FILES)
    const identity = functions.identityOf(valueOfShared(value), { name: 'a shared value', standIn })
    ofShared.set(value, { identity, files })
    return { identity, files }
  }

  const standInsFor = (of: Files): StandIns => {
    const outputs = new Map(of.outputs.map((output, index) => [output.file, index]))
    const inputs = new Map(byAddress(of.inputs).map((input, index) => [input, index]))
    const files = new Set<DataFile>()
    const ofFile = (file: DataFile): readonly unknown[] => {
      const output = outputs.get(file)
      if (output !== undefined) return ['output', output]
      files.add(file)
      const input = inputs.get(file)
      if (input !== undefined) return ['file', file.filename, input]
      return ['file', file.scheme === 'file' ? placeOf(file.path) : file.url]
    }
    const standIn = (value: object): { readonly value: unknown } | undefined => {
      if (isApp(value)) return { value: ['app', value.options.version ?? value.func] }
      if (isShared(value)) {
        const shared = sharedCount(value)
        for (const file of shared.files) files.add(file)
        return { value: ['shared', shared.identity] }
      }
      if (isDataFile(value)) return { value: ofFile(value) }
      const keyOf = keyFunctionFor(value, keys)
      return keyOf && { value: ['key', keyOf(value as never)] }
    }
    return { standIn, files }
  }
  return standInsFor
}
