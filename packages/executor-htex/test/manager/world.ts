import type { ManagerCommand, ManagerEvent } from '../../src/manager/events.js'
import { type Identity, type ManagerState, newManagerState, type Times } from '../../src/manager/state.js'
import { step } from '../../src/manager/step.js'
import { type TaskClass, type ToManager, WIRE_VERSION, type WirePart, type WireTask } from '../../src/wire/messages.js'

const identity: Identity = {
  wire: WIRE_VERSION,
  versions: { parsl: '1.0.0', node: '24.0.0' },
  manager: 'm1',
  block: '0',
  host: 'node1',
  pid: 1,
  startedAt: 0,
  slots: 2,
  prefetch: 2,
  cores: 2,
  memory: 1_000,
  gpus: 0,
  custom: {},
  endsAt: undefined,
  os: 'Linux',
  dir: '/',
}

const times: Times = {
  pollMs: 1_000,
  heartbeatPeriodMs: 1_000,
  heartbeatThresholdMs: 4_000,
  drainAt: undefined,
  endsAt: undefined,
  endMarginMs: 1_000,
  killGraceMs: 100,
}

export const classOf = (n: number, more: Partial<TaskClass> = {}): TaskClass => ({
  n,
  app: 'app',
  needs: {},
  walltimeMs: undefined,
  graceMs: 100,
  heapMb: undefined,
  parts: [],
  ...more,
})

export const taskOf = (id: number, more: Partial<WireTask> = {}): WireTask => ({
  id,
  of: 0,
  priority: undefined,
  parts: [],
  payload: new Uint8Array(1),
  ...more,
})

export const partOf = (id: string, bytes = 10): WirePart => ({ id, isText: false, content: new Uint8Array(bytes) })

/** A manager without I/O, and what it commanded. */
export interface ManagerWorld {
  readonly state: ManagerState
  now: number
  /** Feeds it, and gives what follows. */
  on(event: ManagerEvent): readonly ManagerCommand[]
  hear(message: ToManager): readonly ManagerCommand[]
  end(id: number): readonly ManagerCommand[]
  turn(): readonly ManagerCommand[]
}

export const newWorld = (
  more: { times?: Partial<Times>; identity?: Partial<Identity>; keepBytes?: number } = {},
): ManagerWorld => {
  const setup = {
    identity: { ...identity, ...more.identity },
    times: { ...times, ...more.times },
    keepBytes: more.keepBytes ?? 1_000,
  }
  const state = newManagerState(setup, 0)
  const world: ManagerWorld = {
    state,
    now: 0,
    on: (event) => step(state, event, world.now),
    hear: (message) => world.on({ type: 'said', message }),
    end: (id) =>
      world.on({ type: 'ended', result: { id, ok: true, kind: undefined, ms: 1, payload: new Uint8Array(0) } }),
    turn: () => world.on({ type: 'turn' }),
  }
  return world
}

/** One that is registered, and knows class 0. */
export const newWorkingWorld = (more: Parameters<typeof newWorld>[0] = {}): ManagerWorld => {
  const world = newWorld(more)
  world.on({ type: 'opened' })
  const { heartbeatPeriodMs, heartbeatThresholdMs } = world.state.times
  world.hear({ type: 'welcome', heartbeatPeriodMs, heartbeatThresholdMs })
  world.hear({ type: 'classes', classes: [classOf(0)] })
  return world
}

/** What was said, by the names of its types. */
export const saidIn = (commands: readonly ManagerCommand[]): string[] =>
  commands.flatMap((command) => (command.type === 'say' ? [command.message.type] : []))

export const runsIn = (commands: readonly ManagerCommand[]): number[] =>
  commands.flatMap((command) => (command.type === 'run' ? [command.task.id] : []))

export const typesIn = (commands: readonly ManagerCommand[]): string[] => commands.map(({ type }) => type)
