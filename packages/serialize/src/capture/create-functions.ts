import { intrinsicName as nameOfMark } from '@parsl/interfaces'
import { createHash } from 'node:crypto'
import { types } from 'node:util'
import { encodeValue } from '../encode/encode-value.js'
import type { FunctionDecoder, FunctionEncoder } from '../functions.js'
import { isObject } from '../is-object.js'
import { ModulesMissing } from '../revive/modules.js'
import { createReviver } from '../revive/reviver.js'
import type { SourceCode } from './code.js'
import { createDescriber } from './describe.js'
import { createHome } from './home.js'
import { createInspector } from './inspector.js'
import { createWellKnown } from './well-known.js'

/** How functions travel. */
export interface FunctionsOptions {
  /** Values that the other side has itself, by the name under which both sides know them. */
  readonly intrinsics?: ReadonlyMap<string, unknown>
  /**
   * How many bytes of code are kept compiled.
   * @defaultValue 64 MiB
   */
  readonly maxCodeBytes?: number
}

/** Functions and classes as code and captured values, and back. */
export interface Functions {
  /** For `encodeValue`: one per message, so that variables that are assigned again are read once in it. */
  encoder(): FunctionEncoder
  /** For `decodeValue`. */
  readonly decoder: FunctionDecoder
  /** Runs `decode`, after loading the packages that what it decodes imports. */
  whenReady<T>(decode: () => T): Promise<T>
  /**
   * A hash of what a value does: of the syntax of its functions and of all that they capture. Comments, formatting and
   * where the functions stand do not change it.
   */
  identityOf(value: unknown): string
}

/** What of the code decides what the function does. */
const meaningOf = (code: SourceCode): string => {
  const { id: _id, text: _text, line: _line, column: _column, home: _home, url: _url, ...meaning } = code
  return JSON.stringify(meaning)
}

const brandOf = (value: unknown): string | undefined =>
  isObject(value) && !types.isProxy(value) ? nameOfMark(value) : undefined

const missingModules = (error: unknown): ModulesMissing | undefined => {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof ModulesMissing) return at
  }
  return undefined
}

/**
 * Lets functions travel by value. Use one per program: it remembers what it parsed and compiled.
 *
 * The inspector is opened when the first function is captured.
 */
export const createFunctions = ({
  intrinsics = new Map(),
  maxCodeBytes = 64 * 2 ** 20,
}: FunctionsOptions = {}): Functions => {
  const home = createHome()
  const names = new Map([...intrinsics].map(([name, value]) => [value, name]))
  const intrinsicName = (value: unknown): string | undefined => names.get(value) ?? brandOf(value)
  let describer: ReturnType<typeof createDescriber> | undefined
  const describe = (): ReturnType<typeof createDescriber> =>
    (describer ??= createDescriber({
      inspector: createInspector(),
      knowledge: { wellKnown: createWellKnown(), intrinsicName },
      home,
    }))
  const whenReady = async <T>(decode: () => T): Promise<T> => {
    try {
      return decode()
    } catch (error) {
      const missing = missingModules(error)
      if (missing === undefined) throw error
      await missing.load()
      return whenReady(decode)
    }
  }
  return {
    encoder: () => describe()(({ codeText }) => codeText),
    decoder: createReviver({ intrinsics, home, maxCodeBytes }),
    whenReady,
    identityOf: (value) => {
      const functions = describe()(({ code }) => meaningOf(code))
      return createHash('sha256').update(encodeValue(value, { functions })).digest('base64url')
    },
  }
}
