import type {
  FromManager,
  FromProgram,
  Registration,
  TaskClass,
  ToManager,
  ToProgram,
  Unnumbered,
  WireTask,
} from '../../src/wire/messages.js'
import { WIRE_VERSION } from '../../src/wire/messages.js'
import { hear, type Link, newLink, send, unnumbered } from '../../src/wire/reliable.js'
import { type Command, type InterchangeSettings, newInterchangeState } from '../../src/interchange/state.js'
import { type InterchangeEvent, step } from '../../src/interchange/step.js'

const VERSIONS = { parsl: '1.0.0', node: 'v24.1.0' }
const SETTINGS: InterchangeSettings = {
  versions: VERSIONS,
  heartbeatPeriodMs: 1_000,
  heartbeatThresholdMs: 5_000,
  selector: 'random',
  partBytes: 1_000_000,
  ageAfterMs: 60_000,
}

export const registration = (more: Partial<Registration> = {}): Registration => ({
  wire: WIRE_VERSION,
  versions: VERSIONS,
  manager: 'm1',
  block: '0',
  host: 'node1',
  pid: 1,
  startedAt: 0,
  slots: 2,
  prefetch: 0,
  cores: 2,
  memory: 1_000,
  gpus: 0,
  custom: {},
  endsAt: undefined,
  os: 'linux',
  dir: '/',
  holds: [],
  ...more,
})

export const classOf = (n: number, more: Partial<TaskClass> = {}): TaskClass => ({
  n,
  app: `app${n}`,
  needs: {},
  walltimeMs: undefined,
  graceMs: 1_000,
  heapMb: undefined,
  parts: [],
  ...more,
})

export const taskOf = (id: number, more: Partial<WireTask> = {}): WireTask => ({
  id,
  of: 0,
  priority: undefined,
  parts: [],
  payload: new Uint8Array([id % 256]),
  ...more,
})

export const resultOf = (id: number) => ({ id, ok: true, kind: undefined, ms: 1, payload: new Uint8Array([1]) })

export const lossOf = (id: number) =>
  ({
    id,
    cause: 'worker',
    host: 'node1',
    block: '0',
    who: 'worker 1',
    exitCode: 1,
    signal: null,
    evidence: 'x',
  }) as const

/** The generator of chance that tests use: the same numbers each time. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A manager as it really is: what it was sent, by whom it is known. */
export interface TestManager {
  readonly told: Registration
  readonly address: string
  link: Link<FromManager>
  readonly got: (ToManager | Unnumbered)[]
}

/** An interchange, and everything that it says. */
export const newWorld = (settings: Partial<InterchangeSettings> = {}, seed = 1) => {
  const state = newInterchangeState({ ...SETTINGS, ...settings }, seeded(seed))
  const toProgram: ToProgram[] = []
  const managers = new Map<string, TestManager>()
  const strangers: { address: string; message: ToManager | Unnumbered }[] = []
  const clock = { now: 0 }
  let exits = 0
  let sessions = 0

  const perform = (command: Command): void => {
    if (command.type === 'exit') exits++
    else if (command.type === 'toProgram') toProgram.push(command.message)
    else {
      const { address, envelope, message } = command
      const manager = managers.get(address)
      if (!manager || envelope.session !== manager.link.session) return void strangers.push({ address, message })
      if (hear(manager.link, envelope, 0) === 'take') manager.got.push(message)
    }
  }
  const happens = (event: InterchangeEvent): void => {
    for (const command of step(state, event, clock.now)) perform(command)
  }
  const turn = (): void => happens({ type: 'turn' })
  const program = (...messages: readonly FromProgram[]): void => {
    for (const message of messages) happens({ type: 'program', message })
    turn()
  }
  const says = (manager: TestManager, ...messages: readonly FromManager[]): void => {
    for (const message of messages) {
      const envelope = send(manager.link, message, 0)
      happens({ type: 'manager', address: manager.address, envelope, message, bytes: 10 })
    }
    turn()
  }
  const mentions = (manager: TestManager, message: Unnumbered): void => {
    happens({ type: 'manager', address: manager.address, envelope: unnumbered(manager.link), message, bytes: 0 })
    turn()
  }
  const register = (more: Partial<Registration> = {}): TestManager => {
    const told = registration(more)
    const former = managers.get(told.manager)
    const manager = {
      told,
      address: told.manager,
      link: newLink<FromManager>(`s${++sessions}`),
      got: former?.got ?? [],
    }
    managers.set(told.manager, manager)
    says(manager, { type: 'register', registration: told })
    return manager
  }
  const tick = (ms: number): void => {
    clock.now += ms
    happens({ type: 'tick' })
    turn()
  }
  return {
    state,
    clock,
    toProgram,
    managers,
    strangers,
    exits: () => exits,
    happens,
    turn,
    program,
    says,
    mentions,
    register,
    tick,
    /** What the program was told of one type, which then counts as read. */
    told: <Type extends ToProgram['type']>(type: Type): Extract<ToProgram, { type: Type }>[] => {
      const found = toProgram.filter((message) => message.type === type)
      for (const message of found) toProgram.splice(toProgram.indexOf(message), 1)
      return found as Extract<ToProgram, { type: Type }>[]
    },
  }
}

export type World = ReturnType<typeof newWorld>

/** Numbers of the tries that a manager was sent. */
export const triesAt = ({ got }: TestManager): number[] =>
  got.flatMap((message) => (message.type === 'tasks' ? message.tasks.map(({ id }) => id) : []))

export const typesAt = ({ got }: TestManager): string[] => got.map(({ type }) => type)

/** An interchange that knows classes of tries: 0 is plain, 1 needs a part, 2 needs a GPU. */
export const plainWorld = (settings: Partial<InterchangeSettings> = {}): World => {
  const world = newWorld(settings)
  const classes = [classOf(0), classOf(1, { parts: ['code'] }), classOf(2, { needs: { gpus: 1 } })]
  world.program({ type: 'classes', classes })
  return world
}

/** Plain tries. */
export const submit = (world: World, ...ids: readonly number[]): void =>
  world.program({ type: 'tasks', tasks: ids.map((id) => taskOf(id)) })

export const partOf = (id: string) => ({ id, isText: false, content: new Uint8Array(4) })
