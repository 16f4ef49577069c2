import fc from 'fast-check'
import type { FromManager, FromProgram, ToManager, ToProgram, Unnumbered } from '../../src/wire/messages.js'

type Typed = { readonly type: string }
/** A sample for each type, so that a new one cannot be left out. */
type Samples<M extends Typed> = { readonly [T in M['type']]: fc.Arbitrary<Omit<Extract<M, { type: T }>, 'type'>> }

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
// The sign of a zero does not travel.
const number = fc.double({ noNaN: true }).map((value) => value + 0)
const amount = fc.double({ min: 0, noNaN: true }).map((value) => value + 0)
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 5 })
const maybe = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(item, { nil: undefined })
const bytes = fc.uint8Array({ maxLength: 40 }).map((found) => new Uint8Array(found))
const u32 = fc.nat({ max: 0xffff_ffff })
const custom = fc.dictionary(text, number, { maxKeys: 3, noNullPrototype: true })

const needs = fc.record({ cores: amount, memory: amount, gpus: amount, custom }, { requiredKeys: [] })
const taskClass = fc.record({
  n: u32,
  app: text,
  needs,
  walltimeMs: maybe(number),
  graceMs: number,
  heapMb: maybe(number),
  parts: some(text),
})
const task = fc.record({ id: count, of: u32, priority: maybe(number), parts: some(text), payload: bytes })
const part = fc.record({ id: text, isText: fc.boolean(), content: bytes })
const result = fc.oneof(
  fc.record({ id: count, ok: fc.constant(true), kind: fc.constant(undefined), ms: number, payload: bytes }),
  fc.record({
    id: count,
    ok: fc.constant(false),
    kind: fc.constantFrom('body' as const, 'lost' as const, 'stopped' as const),
    ms: number,
    payload: bytes,
  }),
)
const start = fc.record({ id: count, worker: text })
const loss = fc.record({
  id: count,
  cause: fc.constantFrom('manager', 'worker', 'memory', 'exit', 'interchange'),
  host: text,
  block: text,
  who: text,
  exitCode: fc.option(fc.integer()),
  signal: fc.option(text),
  evidence: text,
})
const versions = fc.record({ parsl: text, node: text })
const registration = fc.record({
  wire: count,
  versions,
  manager: text,
  block: text,
  host: text,
  pid: count,
  startedAt: number,
  slots: count,
  prefetch: count,
  cores: amount,
  memory: amount,
  gpus: amount,
  custom,
  endsAt: maybe(number),
  os: text,
  dir: text,
  holds: some(count),
})
const managerView = fc.record({
  manager: text,
  block: text,
  host: text,
  workers: count,
  tasks: count,
  idleMs: number,
  active: fc.boolean(),
  draining: fc.boolean(),
  versions,
  lastHeardMs: number,
})

const none = fc.constant({})
const why = fc.record({ why: text })
const partIds = fc.record({ parts: some(text) })
const shared = {
  log: fc.record({
    level: fc.constantFrom('debug', 'info', 'warn', 'error'),
    facts: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), some(text)), { noNullPrototype: true }),
    message: text,
  }),
  results: fc.record({ results: some(result) }),
  losses: fc.record({ losses: some(loss) }),
  classes: fc.record({ classes: some(taskClass) }),
  tasks: fc.record({ tasks: some(task) }),
  parts: fc.record({ parts: some(part) }),
  stop: fc.record({ id: count, reason: text }),
}
const unnumbered = { probe: none, beat: fc.record({ sent: count }), again: none, anew: none }

const fromProgram: Samples<FromProgram> = {
  classes: shared.classes,
  tasks: shared.tasks,
  parts: shared.parts,
  forget: partIds,
  stop: shared.stop,
  hold: fc.record({ blocks: some(text), drain: fc.boolean() }),
  blocksGone: fc.record({ blocks: some(text), evidence: text }),
  ask: fc.record({ n: count, what: fc.constant('managers' as const) }),
  end: none,
}
const toProgram: Samples<ToProgram> = {
  hello: fc.record({ wire: count, pid: count, port: count }),
  starts: fc.record({ host: text, block: text, starts: some(start) }),
  results: shared.results,
  losses: shared.losses,
  stopped: fc.record({ ids: some(count) }),
  wants: partIds,
  joined: fc.record({ manager: text, block: text, host: text, slots: count }),
  left: fc.record({ manager: text, block: text, why: text }),
  answer: fc.record({ n: count, managers: some(managerView) }),
  log: shared.log,
}
const fromManager: Samples<FromManager | Unnumbered> = {
  ...unnumbered,
  register: fc.record({ registration }),
  starts: fc.record({ starts: some(start) }),
  results: shared.results,
  losses: shared.losses,
  wants: partIds,
  draining: why,
  bye: why,
  log: shared.log,
}
const toManager: Samples<ToManager | Unnumbered> = {
  ...unnumbered,
  welcome: fc.record({ heartbeatPeriodMs: number, heartbeatThresholdMs: number }),
  refused: why,
  classes: shared.classes,
  tasks: shared.tasks,
  parts: shared.parts,
  forget: partIds,
  stop: shared.stop,
  drain: none,
  end: none,
}

const anyOf = <M extends Typed>(samples: Samples<M>): fc.Arbitrary<M> =>
  fc.oneof(
    ...Object.entries<fc.Arbitrary<object>>(samples).map(([type, fields]) =>
      fields.map((found) => ({ type, ...found }) as unknown as M),
    ),
  )

/** Any message of each direction. */
export const anyMessage = {
  fromProgram: anyOf(fromProgram),
  toProgram: anyOf(toProgram),
  fromManager: anyOf(fromManager),
  toManager: anyOf(toManager),
}

/** Names of all messages of each direction. */
export const typesOf = {
  fromProgram: Object.keys(fromProgram),
  toProgram: Object.keys(toProgram),
  fromManager: Object.keys(fromManager),
  toManager: Object.keys(toManager),
}
