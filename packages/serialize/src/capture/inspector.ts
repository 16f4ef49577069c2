import { SerializationError } from '@parsl/interfaces'
import { Session } from 'node:inspector'

interface Remote {
  readonly objectId?: string
  readonly value?: unknown
  readonly unserializableValue?: string
}

interface Property {
  readonly name: string
  readonly value?: Remote
}

interface Properties {
  readonly internalProperties?: readonly Property[]
  readonly privateProperties?: readonly Property[]
}

/** Where a function begins. */
export interface Location {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber: number
}

export type ScopeValues = Readonly<Record<string, unknown>>

export interface Bound {
  readonly target: unknown
  readonly self: unknown
  readonly args: readonly unknown[]
}

/** What the engine says about a function. */
export interface Inspected {
  readonly location: Location | undefined
  readonly bound: Bound | undefined
  /** Innermost first, without the global one. They are copies. */
  readonly scopes: readonly ScopeValues[]
  readonly privates: ReadonlyMap<string, unknown>
}

/** A script as the engine has it. */
export interface Script {
  readonly scriptId: string
  readonly url: string
  readonly isModule: boolean
  /** Where its text begins in the file. */
  readonly startLine: number
  readonly startColumn: number
  readonly length: number
  /** SHA-256 of the text as UTF-8. */
  readonly hash: string
  /** Empty without a source map. */
  readonly sourceMapURL: string
}

/** A script of which the engine says nothing. */
export const unknownScript: Omit<Script, 'scriptId'> = {
  url: '',
  isModule: false,
  startLine: 0,
  startColumn: 0,
  length: 0,
  hash: '',
  sourceMapURL: '',
}

/** What the Debugger domain knows. */
interface Debugged {
  readonly scripts: readonly Script[]
  sourceOf(scriptId: string): string
}

/** The inspector of this thread. */
export interface Inspector {
  inspect(fn: object): Inspected
  privateNames(value: object): readonly string[]
  /** What is behind a proxy, without calling anything of it. */
  targetOf(proxy: object): unknown
  /** Lets the Debugger domain be used, and turns it off again: while it is on, each `await` takes several times longer. */
  withDebugger<T>(use: (found: Debugged) => T): T
}

type Post = <T>(method: string, params?: object) => T

const GROUP = 'parsl-capture'

const posting = (session: Session): Post => {
  const send = session.post.bind(session) as (
    method: string,
    params: object,
    done: (error: Error | null, result?: object) => void,
  ) => void
  return <T>(method: string, params: object = {}): T => {
    let failure: Error | null = null
    let answer: unknown
    send(method, params, (error, result) => {
      failure = error
      answer = result
    })
    if (failure !== null) throw failure as Error
    return answer as T
  }
}

interface Holder {
  given: unknown
  taken: unknown
}

/** Carries objects between this program and the inspector. */
const createHolder = (post: Post) => {
  const holder: Holder = { given: undefined, taken: undefined }
  const key = 'parsl.inspected'
  // The inspector evaluates in the main realm, and this may be another one, as under jest; modules of Node are in both.
  Reflect.set(Session, Symbol.for(key), holder)
  const expression = `process.getBuiltinModule('node:inspector').Session[Symbol.for(${JSON.stringify(key)})]`
  const { result } = post<{ result: Remote }>('Runtime.evaluate', { expression, objectGroup: 'parsl-holder' })
  Reflect.deleteProperty(Session, Symbol.for(key))
  const call = (functionDeclaration: string, args: readonly Remote[] = []): Remote =>
    post<{ result: Remote }>('Runtime.callFunctionOn', {
      objectId: result.objectId,
      functionDeclaration,
      arguments: args,
      objectGroup: GROUP,
    }).result
  return {
    give: (value: unknown): Remote => {
      holder.given = value
      const remote = call('function () { return this.given }')
      holder.given = undefined
      return remote
    },
    take: ({ objectId, unserializableValue, value }: Remote): unknown => {
      const handed =
        objectId !== undefined
          ? { objectId }
          : unserializableValue === undefined
            ? value === undefined
              ? {}
              : { value }
            : { unserializableValue }
      call('function (value) { this.taken = value }', [handed])
      const { taken } = holder
      holder.taken = undefined
      return taken
    },
  }
}

const find = (properties: Properties, name: string): Remote | undefined =>
  properties.internalProperties?.find((property) => property.name === name)?.value

const scopesOf = (taken: unknown): ScopeValues[] =>
  Array.from(taken as ArrayLike<{ description: string; object: ScopeValues }>)
    .filter(({ description }) => description !== 'Global')
    .map(({ object }) => object)

const debuggerScripts = (session: Session, post: Post) => {
  const scripts: Script[] = []
  const listen = ({ params }: { params: Script }): void => {
    const { scriptId, url, isModule, startLine, startColumn, length, hash, sourceMapURL } = params
    scripts.push({ scriptId, url, isModule, startLine, startColumn, length, hash, sourceMapURL })
  }
  session.on('Debugger.scriptParsed', listen as never)
  post('Debugger.enable', { maxScriptsCacheSize: 0 })
  return {
    scripts,
    sourceOf: (scriptId: string): string =>
      post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource,
    end: (): void => {
      post('Debugger.disable')
      session.off('Debugger.scriptParsed', listen as never)
    },
  }
}

/** Turned on where something is asked of it, and off at the end of the outermost use. */
const createWithDebugger = (session: Session, post: Post): Inspector['withDebugger'] => {
  let depth = 0
  let found: ReturnType<typeof debuggerScripts> | undefined
  const on = () => (found ??= debuggerScripts(session, post))
  const debugged: Debugged = {
    get scripts() {
      return on().scripts
    },
    sourceOf: (scriptId) => on().sourceOf(scriptId),
  }
  return (use) => {
    depth += 1
    try {
      return use(debugged)
    } finally {
      depth -= 1
      if (depth === 0) {
        found?.end()
        found = undefined
      }
    }
  }
}

/** The inspector holds what it was shown until it is told to let go, which costs a tenth of looking at a function. */
const mostHeld = 100

/** Lets go of all that was looked at: after so many, and when the program's present turn ends. */
const createLettingGo = (post: Post) => {
  let held = 0
  const letGo = (): void => {
    if (held === 0) return
    held = 0
    post('Runtime.releaseObjectGroup', { objectGroup: GROUP })
  }
  return (): void => {
    if (held === 0) queueMicrotask(letGo)
    held += 1
    if (held >= mostHeld) letGo()
  }
}

/** Reads properties of objects, and lets go of what the inspector holds for it. */
const createReader = (post: Post) => {
  const holder = createHolder(post)
  const looked = createLettingGo(post)
  return {
    take: holder.take,
    takeNamed: (properties: Properties, name: string): unknown => {
      const remote = find(properties, name)
      return remote === undefined ? undefined : holder.take(remote)
    },
    withProperties: <T>(value: object, use: (properties: Properties) => T): T => {
      const { objectId } = holder.give(value)
      try {
        return use(post<Properties>('Runtime.getProperties', { objectId, ownProperties: true }))
      } finally {
        looked()
      }
    },
  }
}

type Reader = ReturnType<typeof createReader>

const boundOf = ({ takeNamed }: Reader, properties: Properties): Bound | undefined => {
  if (find(properties, '[[TargetFunction]]') === undefined) return undefined
  return {
    target: takeNamed(properties, '[[TargetFunction]]'),
    self: takeNamed(properties, '[[BoundThis]]'),
    args: Array.from((takeNamed(properties, '[[BoundArgs]]') ?? []) as ArrayLike<unknown>),
  }
}

const inspected = (reader: Reader, properties: Properties): Inspected => {
  const scopes = reader.takeNamed(properties, '[[Scopes]]')
  const privates = (properties.privateProperties ?? [])
    .filter(({ value }) => value !== undefined)
    .map(({ name, value }) => [name, reader.take(value as Remote)] as const)
  return {
    location: find(properties, '[[FunctionLocation]]')?.value as Location | undefined,
    bound: boundOf(reader, properties),
    scopes: scopes === undefined ? [] : scopesOf(scopes),
    privates: new Map(privates),
  }
}

/** Node 22 has it not. */
const allowing = '--allow-inspector'

const connect = (): Session => {
  try {
    const session = new Session()
    session.connect()
    return session
  } catch (error) {
    const fix = process.allowedNodeEnvironmentFlags.has(allowing) ? `add ${allowing}` : 'start it without --permission'
    throw new SerializationError(
      'a function',
      `Node runs with --permission and does not let its inspector be used, which tells what functions close over; ${fix}`,
      { cause: error },
    )
  }
}

/** @throws a `SerializationError` where `node:inspector` is not allowed. */
export const createInspector = (): Inspector => {
  const session = connect()
  const post = posting(session)
  const reader = createReader(post)
  return {
    inspect: (fn) => reader.withProperties(fn, (properties) => inspected(reader, properties)),
    privateNames: (value) =>
      reader.withProperties(value, ({ privateProperties = [] }) => privateProperties.map(({ name }) => name)),
    targetOf: (proxy) => reader.withProperties(proxy, (properties) => reader.takeNamed(properties, '[[Target]]')),
    withDebugger: createWithDebugger(session, post),
  }
}
