import type {
  Registration,
  TaskClass,
  ToManager,
  ToProgram,
  Unnumbered,
  WirePart,
  WireResult,
  WireTask,
} from '../wire/messages.js'
import type { Envelope } from '../wire/messages.js'
import type { Link } from '../wire/reliable.js'
import { type Room, type Shape, shapeOf } from './needs.js'
import { newPartStore, type PartStore } from './parts.js'
import { newQueue, type Queue, type Waiting } from './queue.js'
import { newReady, type Ready, type SelectorName } from './selector.js'

/** A class of tries, with where they wait. */
export interface KnownClass {
  readonly told: TaskClass
  readonly shape: Shape
  line: Line | undefined
  /** Tries of it that wait: their parts are kept. */
  waiting: number
  /** Whether a manager has its parts. */
  readonly isKnownTo: (manager: Manager) => boolean
}

/** A try, from when it came until it is told how it ended. */
export interface Task extends Waiting {
  readonly told: WireTask
  readonly of: KnownClass
  /** Where it is; it waits as long as it is nowhere. */
  manager: Manager | undefined
  hasBegun: boolean
  /** Why it is to stop, once its manager was told so. */
  stopReason: string | undefined
}

/** Tries that need the same, and the managers that may have room for one of them. */
export interface Line {
  readonly shape: Shape
  readonly queue: Queue<Task>
  readonly ready: Ready<Manager>
  /** Of plain tries: those that may be sent one ahead of its time. */
  readonly ahead: Ready<Manager> | undefined
  /** The turn in which nothing had room. */
  blockedIn: number
  /** Kept free until one of these fits: else small ones would take its place for ever. */
  reserved: Manager | undefined
  /** When a manager to keep free was last looked for. */
  lookedAt: number
  /** Whether it was said that no manager here could hold one of them. */
  isHopelessSaid: boolean
  isGone: boolean
}

/** A manager that is registered. */
export interface Manager {
  readonly told: Registration
  readonly name: string
  readonly block: string
  readonly link: Link<ToManager>
  readonly room: Room
  readonly tasks: Set<Task>
  /** Classes and parts that it was sent. */
  readonly classes: Set<number>
  readonly parts: Set<string>
  /** Where it was last heard from. */
  address: string
  lastHeard: number
  idleSince: number
  isHeld: boolean
  isDraining: boolean
  isGone: boolean
  reservedFor: Line | undefined
  /** What it is sent at the end of this turn. */
  batch: WireTask[]
  newClasses: TaskClass[]
  newParts: WirePart[]
}

export interface InterchangeSettings {
  readonly versions: Registration['versions']
  readonly heartbeatPeriodMs: number
  readonly heartbeatThresholdMs: number
  readonly selector: SelectorName
  /** Bytes of parts that are kept. */
  readonly partBytes: number
  /** A try that has waited so long counts as old: see `assign.ts`. */
  readonly ageAfterMs: number
}

/** What an interchange knows. `step` alone changes it. */
export interface InterchangeState {
  readonly settings: InterchangeSettings
  readonly random: () => number
  readonly classes: Map<number, KnownClass>
  readonly tasks: Map<number, Task>
  lines: Line[]
  /** By session. */
  readonly managers: Map<string, Manager>
  readonly byName: Map<string, Manager>
  readonly managersOfBlock: Map<string, number>
  readonly store: PartStore
  /** Parts that the program was asked for, and who needs them. */
  readonly wanted: Map<string, Set<Manager>>
  /** Blocks whose managers get no more tries, and whether they drain. */
  readonly held: Map<string, boolean>
  readonly goneBlocks: Set<string>
  /** Managers that may have more room than before. */
  readonly dirty: Set<Manager>
  /** Managers that keep much that we have. */
  readonly owed: Set<Manager>
  /** For the program, at the end of this turn. */
  results: WireResult[]
  arrivals: number
  turns: number
  /** Tries handed out. */
  handed: number
  lastTick: number | undefined
  lastBeat: number
  isEnding: boolean
  /** What was dropped. */
  readonly dropped: { stray: number; garbage: number; foreign: number; said: number; lastSaid: number }
}

export type Command =
  | { readonly type: 'toProgram'; readonly message: ToProgram }
  | {
      readonly type: 'toManager'
      readonly address: string
      readonly envelope: Envelope
      readonly message: ToManager | Unnumbered
    }
  /** Everything is said: end. */
  | { readonly type: 'exit' }

/** One step in the making. */
export interface Doing {
  readonly state: InterchangeState
  /** Milliseconds of a clock that never jumps. */
  readonly now: number
  readonly commands: Command[]
}

export const newInterchangeState = (settings: InterchangeSettings, random: () => number): InterchangeState => ({
  settings,
  random,
  classes: new Map(),
  tasks: new Map(),
  lines: [],
  managers: new Map(),
  byName: new Map(),
  managersOfBlock: new Map(),
  store: newPartStore(settings.partBytes),
  wanted: new Map(),
  held: new Map(),
  goneBlocks: new Set(),
  dirty: new Set(),
  owed: new Set(),
  results: [],
  arrivals: 0,
  turns: 0,
  handed: 0,
  lastTick: undefined,
  lastBeat: -Infinity,
  isEnding: false,
  dropped: { stray: 0, garbage: 0, foreign: 0, said: 0, lastSaid: -Infinity },
})

export const newClass = (told: TaskClass): KnownClass => ({
  told,
  shape: shapeOf(told.needs),
  line: undefined,
  waiting: 0,
  isKnownTo: ({ classes }) => classes.has(told.n),
})

/** Lines that are kept when nothing waits in them: making one looks at every manager. */
const IDLE_LINES = 64

const openLine = (state: InterchangeState, shape: Shape): Line => {
  const known = state.lines.find((line) => line.shape.key === shape.key)
  if (known) return known
  if (state.lines.length >= IDLE_LINES) {
    const unused = state.lines.find(({ queue }) => queue.size === 0)
    if (unused) closeLine(state, unused)
  }
  const setup = { random: state.random, managersOf: (block: string) => state.managersOfBlock.get(block) ?? 0 }
  const newSet = () => newReady<Manager>(state.settings.selector, setup)
  const line: Line = {
    shape,
    queue: newQueue(),
    ready: newSet(),
    ahead: shape.isPlain ? newSet() : undefined,
    blockedIn: -1,
    reserved: undefined,
    lookedAt: -Infinity,
    isHopelessSaid: false,
    isGone: false,
  }
  state.lines.push(line)
  for (const manager of state.managers.values()) offer(line, manager)
  return line
}

const closeLine = (state: InterchangeState, line: Line): void => {
  line.isGone = true
  unreserve(state, line)
  state.lines = state.lines.filter((other) => other !== line)
}

/** Lets others have the manager that was kept free for a line. */
export const unreserve = (state: InterchangeState, line: Line): void => {
  if (line.reserved === undefined) return
  line.reserved.reservedFor = undefined
  state.dirty.add(line.reserved)
  line.reserved = undefined
}

/** Where tries of a class wait. */
export const lineOf = (state: InterchangeState, known: KnownClass): Line => {
  if (known.line === undefined || known.line.isGone) known.line = openLine(state, known.shape)
  return known.line
}

/** A manager may have room for what waits there. */
export const offer = (line: Line, manager: Manager): void => {
  line.ready.add(manager)
  line.ahead?.add(manager)
}

/** It has no more room for anything. */
export const withdraw = (state: InterchangeState, manager: Manager): void => {
  for (const line of state.lines) {
    line.ready.remove(manager)
    line.ahead?.remove(manager)
    if (line.reserved === manager) unreserve(state, line)
  }
  state.dirty.delete(manager)
}
