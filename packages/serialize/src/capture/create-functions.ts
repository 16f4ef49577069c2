import { createHash } from 'node:crypto'
import { types } from 'node:util'
import { encodeValue } from '../encode/encode-value.js'
import type { FunctionDecoder, FunctionEncoder } from '../functions.js'
import { ModulesMissing } from '../revive/modules.js'
import { createReviver } from '../revive/reviver.js'
import type { SourceCode } from './code.js'
import { createDescriber } from './describe.js'
import type { Knowledge } from './environment.js'
import { createHome, type Home } from './home.js'
import { createInspector } from './inspector.js'
import { createScripts } from './scripts.js'
import { createStackMapper } from './stacks.js'
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
  /**
   * The stack of an error that a function threw elsewhere, pointing into the user's own files by their source maps,
   * without the frames that called the function.
   */
  mappedStack(stack: string): string
}

/** What of the code decides what the function does. */
const meaningOf = (code: SourceCode): string => {
  const { id: _id, text: _text, line: _line, column: _column, home: _home, url: _url, ...meaning } = code
  return JSON.stringify(meaning)
}

const brandOf = (value: unknown): string | undefined => {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined
  if (types.isProxy(value)) return undefined
  const brand: unknown = Reflect.getOwnPropertyDescriptor(value, Symbol.for('parsl.intrinsic'))?.value
  return typeof brand === 'string' ? brand : undefined
}

const missingModules = (error: unknown): ModulesMissing | undefined => {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof ModulesMissing) return at
  }
  return undefined
}

const createCapture = (knowledge: Knowledge, home: Home) => {
  const inspector = createInspector()
  const scripts = createScripts(inspector)
  return {
    describe: createDescriber({ inspector, scripts, knowledge, home }),
    mapStack: createStackMapper(scripts.captured),
  }
}

type Capture = ReturnType<typeof createCapture>

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
  let capture: Capture | undefined
  const capturing = (): Capture => (capture ??= createCapture({ wellKnown: createWellKnown(), intrinsicName }, home))
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
    encoder: () => capturing().describe(({ codeText }) => codeText),
    decoder: createReviver({ intrinsics, home, maxCodeBytes }),
    whenReady,
    // What was not captured here has no frames here.
    mappedStack: (stack) => capture?.mapStack(stack) ?? stack,
    identityOf: (value) => {
      const functions = capturing().describe(({ code }) => meaningOf(code))
      return createHash('sha256').update(encodeValue(value, { functions })).digest('base64url')
    },
  }
}
