import { Packr } from 'msgpackr'
import { type BatchShape, NO_BODY, parts, results, starts, tasks } from './batches.js'
import type {
  FromManager,
  FromProgram,
  ManagerView,
  Needs,
  Registration,
  TaskClass,
  ToManager,
  ToProgram,
  Unnumbered,
  WireLoss,
} from './messages.js'
import { isSound } from './scan.js'
import * as s from './shapes.js'

/** A message as bytes. */
export interface Packed {
  readonly header: Uint8Array
  /** Payloads, one after the other; often none. */
  readonly body: Uint8Array
}

/** A message, or in words why bytes are none. */
type Unpacked<M> =
  | { readonly message: M; readonly refusal?: undefined }
  | { readonly message?: undefined; readonly refusal: string }

/** Messages of one direction of one link as bytes, and bytes as messages. */
export interface Codec<M> {
  pack(message: M): Packed
  /** Never throws, whatever the bytes are. */
  unpack(header: Uint8Array, body?: Uint8Array): Unpacked<M>
}

/** How one type of message is written behind its name. */
interface Form {
  write(message: never): { readonly fields: readonly unknown[]; readonly body: Uint8Array }
  read(fields: readonly unknown[], body: Uint8Array): object
}

const packr = new Packr({ useRecords: false, moreTypes: false, encodeUndefinedAsNil: true, int64AsType: 'number' })

/** Enough of a name to say what is not known. */
const NAME_SHOWN = 40

/** A message of a few fields, without payload. */
const plain = (fields: Parameters<typeof s.record>[0]): Form => {
  const shape = s.record(fields)
  return {
    write: (message) => ({ fields: shape.write(message) as unknown[], body: NO_BODY }),
    read: (found, body) => {
      if (body.byteLength > 0) throw new s.Malformed('no body expected')
      return shape.read(found)
    },
  }
}

/** A message that is many of the same. */
const batch = <T, Name extends string>(name: Name, shape: BatchShape<T>): Form => ({
  write: (message: { readonly [N in Name]: readonly T[] }) => shape.write(message[name]),
  read: (fields, body) => ({ [name]: shape.read(fields, body) }),
})

const needs: s.Shape<Needs> = s.sparse({
  cores: s.optional(s.amount),
  memory: s.optional(s.amount),
  gpus: s.optional(s.amount),
  custom: s.optional(s.amounts),
})

const taskClass: s.Shape<TaskClass> = s.record({
  n: s.count,
  app: s.text,
  needs,
  walltimeMs: s.optional(s.number),
  graceMs: s.number,
  heapMb: s.optional(s.number),
  parts: s.list(s.text),
})

const loss: s.Shape<WireLoss> = s.record({
  id: s.count,
  cause: s.oneOf('manager', 'worker', 'memory', 'exit', 'interchange'),
  host: s.text,
  block: s.text,
  who: s.text,
  exitCode: s.nullable(s.integer),
  signal: s.nullable(s.text),
  evidence: s.text,
})

const versions = s.record({ parsl: s.text, node: s.text })

const registration: s.Shape<Registration> = s.record({
  wire: s.count,
  versions,
  manager: s.text,
  block: s.text,
  host: s.text,
  pid: s.count,
  startedAt: s.number,
  slots: s.count,
  prefetch: s.count,
  cores: s.amount,
  memory: s.amount,
  gpus: s.amount,
  custom: s.amounts,
  endsAt: s.optional(s.number),
  os: s.text,
  dir: s.text,
  holds: s.list(s.count),
})

const managerView: s.Shape<ManagerView> = s.record({
  manager: s.text,
  block: s.text,
  host: s.text,
  workers: s.count,
  tasks: s.count,
  idleMs: s.number,
  active: s.flag,
  draining: s.flag,
  versions,
  lastHeardMs: s.number,
})

const why = plain({ why: s.text })
const partIds = plain({ parts: s.list(s.text) })
const nothing = plain({})

/** Both links have them. */
const shared = {
  log: plain({ level: s.oneOf('debug', 'info', 'warn', 'error'), facts: s.facts, message: s.text }),
  results: batch('results', results),
  losses: plain({ losses: s.list(loss) }),
  classes: plain({ classes: s.list(taskClass) }),
  tasks: batch('tasks', tasks),
  parts: batch('parts', parts),
  stop: plain({ id: s.count, reason: s.text }),
}

const unnumbered = { probe: nothing, beat: plain({ sent: s.count }), again: nothing, anew: nothing }

/** The place comes behind the rows. */
const startsAtPlace: Form = {
  write: ({ starts: items, host, block }: Extract<ToProgram, { type: 'starts' }>) => {
    const { fields, body } = starts.write(items)
    return { fields: [...fields, s.text.write(host), s.text.write(block)], body }
  },
  read: (fields, body) => ({
    host: s.text.read(fields[2]),
    block: s.text.read(fields[3]),
    starts: starts.read(fields.slice(0, 2), body),
  }),
}

type Forms<M extends { readonly type: string }> = Readonly<Record<M['type'], Form>>

const unpackWith = (forms: ReadonlyMap<string, Form>, header: Uint8Array, body: Uint8Array): object => {
  if (!isSound(header)) throw new s.Malformed('the header is not sound')
  const found: unknown = packr.unpack(header)
  const [name, ...fields] = Array.isArray(found) ? (found as unknown[]) : []
  const form = forms.get(s.text.read(name))
  if (form === undefined) throw new s.Malformed(`unknown type ${(name as string).slice(0, NAME_SHOWN)}`)
  try {
    return { type: name, ...form.read(fields, body) }
  } catch (error) {
    throw error instanceof s.Malformed ? new s.Malformed(`${name as string}: ${error.message}`) : error
  }
}

const codec = <M extends { readonly type: string }>(table: Forms<M>): Codec<M> => {
  const forms = new Map<string, Form>(Object.entries(table))
  return {
    pack: (message) => {
      const form = (table as Forms<{ type: string }>)[message.type] as Form
      const { fields, body } = form.write(message as never)
      return { header: packr.pack([message.type, ...fields]), body }
    },
    unpack: (header, body = NO_BODY) => {
      try {
        return { message: unpackWith(forms, header, body) as M }
      } catch (error) {
        return { refusal: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

/** Program to interchange. */
export const fromProgram: Codec<FromProgram> = codec<FromProgram>({
  classes: shared.classes,
  tasks: shared.tasks,
  parts: shared.parts,
  forget: partIds,
  stop: shared.stop,
  hold: plain({ blocks: s.list(s.text), drain: s.flag }),
  blocksGone: plain({ blocks: s.list(s.text), evidence: s.text }),
  ask: plain({ n: s.count, what: s.oneOf('managers') }),
  end: nothing,
})

/** Interchange to program. */
export const toProgram: Codec<ToProgram> = codec<ToProgram>({
  hello: plain({ wire: s.count, pid: s.count, port: s.count }),
  starts: startsAtPlace,
  results: shared.results,
  losses: shared.losses,
  stopped: plain({ ids: s.list(s.count) }),
  wants: partIds,
  joined: plain({ manager: s.text, block: s.text, host: s.text, slots: s.count }),
  left: plain({ manager: s.text, block: s.text, why: s.text }),
  answer: plain({ n: s.count, managers: s.list(managerView) }),
  log: shared.log,
})

/** Manager to interchange. */
export const fromManager: Codec<FromManager | Unnumbered> = codec<FromManager | Unnumbered>({
  ...unnumbered,
  register: plain({ registration }),
  starts: batch('starts', starts),
  results: shared.results,
  losses: shared.losses,
  wants: partIds,
  draining: why,
  bye: why,
  log: shared.log,
})

/** Interchange to manager. */
export const toManager: Codec<ToManager | Unnumbered> = codec<ToManager | Unnumbered>({
  ...unnumbered,
  welcome: plain({ heartbeatPeriodMs: s.number, heartbeatThresholdMs: s.number }),
  refused: why,
  classes: shared.classes,
  tasks: shared.tasks,
  parts: shared.parts,
  forget: partIds,
  stop: shared.stop,
  drain: nothing,
  end: nothing,
})
