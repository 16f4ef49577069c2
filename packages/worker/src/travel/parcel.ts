import { randomBytes } from 'node:crypto'
import type { Guardian, TaskSpec, TaskTry } from '@parsl/interfaces'
import { type Captured, createByteCache, encodeValue, type Functions } from '@parsl/serialize'
import type { Part } from '../messages.js'
import type { Laden } from './laden.js'
import { newArgsPacker } from './pack-args.js'
import type { SharedValue } from './shared-value.js'

/** A try as bytes, for any worker. */
export interface Parcel {
  readonly task: number
  readonly attempt: number
  /** The part that says which app this is. */
  readonly spec: string
  /** The function with what it closed over, or the part that holds it. */
  readonly body: Uint8Array | string
  /** Those as bytes, or the part that holds them. */
  readonly args: Uint8Array | string
  /** Arguments with large buffers. Sent with a try that begins at once, else when its worker asks for them: what was moved there cannot be taken back. */
  readonly laden: readonly [id: string, content: Laden] | undefined
  /** Inputs, outputs and streams, where there are any. */
  readonly files: Uint8Array | undefined
  /** All that it needs of what is sent once. */
  readonly parts: readonly Part[]
  /** Ids of the shared values among its arguments. */
  readonly shares: readonly string[]
}

/** A parcel, and the shared values in it. */
export interface Packed {
  readonly parcel: Parcel
  readonly shares: readonly SharedValue[]
  /** How many of its parts, the first ones, are those of its app: its spec, its function. Other tries of it have the same. */
  readonly appParts: number
}

/** What a worker must know of an app, besides its body. */
export type SpecInfo = Omit<TaskSpec, 'body' | 'priority'>

export type TryFiles = Pick<TaskTry, 'inputs' | 'outputs' | 'stdout' | 'stderr'>

/** From so many bytes on a function is a part at once; a smaller one when it is sent again. */
const PART_FROM_BYTES = 4_096

const filesOf = ({ inputs, outputs, stdout, stderr }: TaskTry): TryFiles | undefined =>
  inputs.length + outputs.length === 0 && stdout === 'inherit' && stderr === 'inherit'
    ? undefined
    : { inputs, outputs, stdout, stderr }

/** Names parts after the program that made them, and in order. */
const newNames = () => {
  const program = randomBytes(6).toString('base64url')
  let count = 0
  return (): string => `${program}.${count++}`
}

/** What all apps together may be told of, as text. Beyond, an app may be told of again under another name. */
const SPECS_BYTES = 2 ** 20

/** The parts that tell of apps: one for all apps of which the same is to be told, since functions without a name may be many. */
const newSpecs = (guardian: Guardian, nextName: () => string) => {
  const parts = new WeakMap<TaskSpec, Part>()
  const equals = createByteCache<Part>(SPECS_BYTES, (_, text) => text.length)
  const made = (info: SpecInfo): Part => {
    const text = JSON.stringify(info)
    const part = equals.get(text) ?? ([nextName(), encodeValue(info)] as const)
    equals.set(text, part)
    return part
  }
  return (spec: TaskSpec): Part => {
    const known = parts.get(spec)
    if (known) return known
    const { app, kind, resources, walltimeMs, env } = spec
    // Before the first command runs, there is somebody who will end it.
    const marked = kind === 'bash' ? { ...env, ...guardian.mark() } : env
    const part = made({ app, kind, resources, walltimeMs, env: marked })
    parts.set(spec, part)
    return part
  }
}

/** What of one captured function is sent. */
interface PackedBody {
  readonly captured: Captured
  readonly codes: readonly Part[]
  /** Given where the function is sent as a part. */
  readonly part: Part | undefined
}

const newBodies = (functions: Functions, nextName: () => string) => {
  const packed = new WeakMap<Captured, PackedBody>()
  return ({ app, body }: TaskSpec): PackedBody => {
    const captured = functions.capture(body, app)
    const before = packed.get(captured)
    if (before?.part) return before
    const isPart = before !== undefined || captured.bytes.byteLength >= PART_FROM_BYTES
    const codes = before?.codes ?? [...captured.codes]
    const now = { captured, codes, part: isPart ? ([nextName(), captured.bytes] as const) : undefined }
    packed.set(captured, now)
    return now
  }
}

/** What those whom the parcels are for can take. */
export interface PackOptions {
  /** Whether they have the program's own memory: buffers go there as they are. */
  readonly sharesMemory: boolean
}

/**
 * Makes parcels of tries: the arguments as they are now, the function as it was captured first.
 * @throws SerializationError `PARSL_SERIALIZE` for what cannot travel
 */
export const newPacker = (
  functions: Functions,
  guardian: Guardian,
  { sharesMemory }: PackOptions,
): ((attempt: TaskTry) => Packed) => {
  const nextName = newNames()
  const specPart = newSpecs(guardian, nextName)
  const bodyOf = newBodies(functions, nextName)
  const argsOf = newArgsPacker({ sharesMemory, nextName })

  return (attempt) => {
    const { spec, taskId } = attempt
    const functionsHere = functions.encoder()
    const { args, laden, codes, shares } = argsOf(attempt, functionsHere)
    const files = filesOf(attempt)
    const body = bodyOf(spec)
    const specSent = specPart(spec)
    const parcel: Parcel = {
      task: taskId,
      attempt: attempt.attempt,
      spec: specSent[0],
      body: body.part?.[0] ?? body.captured.bytes,
      args,
      laden,
      files: files && encodeValue(files, { functions: functionsHere, name: `files of ${spec.app}` }),
      parts: [
        specSent,
        ...body.codes,
        ...(body.part ? [body.part] : []),
        ...codes,
        ...shares.flatMap(({ parts }) => parts),
      ],
      shares: shares.map(({ id }) => id),
    }
    return { parcel, shares, appParts: 1 + body.codes.length + (body.part ? 1 : 0) }
  }
}
