import { intrinsicName as nameOfMark } from '@parsl/interfaces'
import { types } from 'node:util'
import { loadMissing } from '../errors.js'
import type { AnyFunction, FunctionDecoder, FunctionEncoder } from '../functions.js'
import { type Anatomy, createAnatomy } from '../identity/anatomy.js'
import { createIdentify, type IdentityOptions } from '../identity/identify.js'
import { isObject } from '../is-object.js'
import { createReviver } from '../revive/reviver.js'
import { type Captured, createCaptures, type OnChange } from './captures.js'
import type { Cells } from './cells.js'
import { createDescriber } from './describe.js'
import type { Knowledge } from './environment.js'
import { createHome, type Home } from './home.js'
import { createInspector } from './inspector.js'
import { createScripts } from './scripts.js'
import { createStackMapper } from './stacks.js'
import { warmUpFunctions } from './warm-up.js'
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
  /**
   * Compares what a function holds at each later capture with the snapshot of the first, and reports a change.
   * @defaultValue whether the environment variable `PARSL_CHECK_CAPTURES` is `1`
   */
  readonly checkCaptures?: boolean
  /**
   * Told of such changes.
   * @defaultValue one warning of the process for each function
   */
  readonly onChange?: OnChange
}

/** Functions and classes as code and captured values, and back. */
export interface Functions {
  /** For `encodeValue`: one per message, so that variables that are assigned again are read once in it. */
  encoder(): FunctionEncoder
  /**
   * A function as a message of its own, apart from its codes. What it holds is as it was when it was captured first;
   * only variables that the source assigns again are read anew. Without those each call gives the same object.
   *
   * @param name what the function is called in the path of a refusal
   * @throws `SerializationError` (`PARSL_SERIALIZE`) with the path of what cannot travel, and what to do instead.
   */
  capture(fn: AnyFunction, name: string): Captured
  /**
   * For `decodeValue`: one for all messages of a task. A class that comes in several of them is one class; the next task
   * gets classes of its own, so that what a task writes into them ends with it.
   */
  decoding(): FunctionDecoder
  /**
   * Captures something small, since the first capture of a program takes some 100 ms more than others.
   *
   * @throws `SerializationError` (`PARSL_SERIALIZE`) where Node does not allow the inspector.
   */
  warmUp(): void
  /** Runs `decode`, after loading the packages that what it decodes imports. */
  whenReady<T>(decode: () => T): Promise<T>
  /**
   * A hash of what a value is: of data their contents, whatever the order of fields, of entries of a Map and of items of a Set, and however parts are
   * shared (but for what leads back to itself); of functions their syntax and all that they capture. Comments, formatting and where functions stand do not change it.
   *
   * @throws `SerializationError` (`PARSL_SERIALIZE`) with the path of what has no identity, and what to do instead.
   */
  identityOf(value: unknown, options?: IdentityOptions): string
  /** The identity of a function with the parts that decide it, each with a digest of its own. */
  anatomyOf(fn: AnyFunction, options?: IdentityOptions): Anatomy
  /**
   * The stack of an error that a function threw elsewhere, pointing into the user's own files by their source maps,
   * without the frames that called the function.
   */
  mappedStack(stack: string): string
}

const brandOf = (value: unknown): string | undefined =>
  isObject(value) && !types.isProxy(value) ? nameOfMark(value) : undefined

const warn = (): OnChange => {
  const said = new WeakSet<AnyFunction>()
  return (_, message, fn) => {
    if (said.has(fn)) return
    said.add(fn)
    process.emitWarning(message, { type: 'ParslWarning', code: 'PARSL_CHECK_CAPTURES' })
  }
}

const createCapture = (knowledge: Knowledge, home: Home) => {
  const inspector = createInspector()
  const scripts = createScripts(inspector)
  return {
    scripts,
    inspect: inspector.inspect,
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
  checkCaptures = process.env['PARSL_CHECK_CAPTURES'] === '1',
  onChange = warn(),
}: FunctionsOptions = {}): Functions => {
  const home = createHome()
  const names = new Map([...intrinsics].map(([name, value]) => [value, name]))
  const intrinsicName = (value: unknown): string | undefined => names.get(value) ?? brandOf(value)
  let opened: Capture | undefined
  const engine = (): Capture => (opened ??= createCapture({ wellKnown: createWellKnown(), intrinsicName }, home))
  const whenReady = async <T>(decode: () => T): Promise<T> => {
    try {
      return decode()
    } catch (error) {
      const loading = loadMissing(error)
      if (!loading) throw error
      await loading
      return whenReady(decode)
    }
  }
  const encoder = (cells?: Cells): FunctionEncoder => engine().describe('travel', cells)
  const meaning = (): FunctionEncoder => engine().describe('identity')
  const identify = createIdentify(meaning)
  const capture = createCaptures({
    encoder,
    inspect: (fn) => engine().inspect(fn),
    onChange: checkCaptures ? onChange : undefined,
  })
  return {
    encoder: () => encoder(),
    capture,
    warmUp: () => {
      for (const fn of warmUpFunctions()) capture(fn, 'warm-up')
      engine().scripts.prepare()
    },
    decoding: createReviver({ intrinsics, home, maxCodeBytes }),
    whenReady,
    // What was not captured here has no frames here.
    mappedStack: (stack) => opened?.mapStack(stack) ?? stack,
    identityOf: identify,
    anatomyOf: createAnatomy(meaning, identify),
  }
}
