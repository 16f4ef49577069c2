// The process that holds the threads of a manager: user code runs here, and nothing that speaks to other machines.
import { Socket } from 'node:net'
import { type Guardian, type Logger, systemClock } from '@parsl/interfaces'
import { threads } from '@parsl/worker'
import { type FromHost, hostChannel, type HostSettings, newListener, newSayer, type ToHost } from './host-messages.js'
import type { Part } from './parts.js'
import { newTaskPool, type TaskPool } from './pool.js'
import { inThreadMemory } from './thread-memory.js'
import { placed } from './worker-places.js'

/** Tries of short apps that may be sent to a thread before its present one has ended. They can be taken back. */
const DEPTH = 32

const says = new Socket({ fd: hostChannel.say, readable: false, writable: true })
const hears = new Socket({ fd: hostChannel.hear, readable: true, writable: false })
const say = newSayer<FromHost>((piece) => void says.write(piece))

const guardian: Guardian = {
  mark: () => ({}),
  processGroup: (pgid) => {
    say({ type: 'group', pgid })
    return () => say({ type: 'groupEnded', pgid })
  },
  command: () => () => {},
  path: (path) => {
    say({ type: 'path', path })
    return () => say({ type: 'pathGone', path })
  },
}

const plain = (facts: object): object => JSON.parse(JSON.stringify(facts)) as object
const logAt =
  (level: keyof Logger) =>
  (facts: object, message: string): void =>
    say({ type: 'log', level, facts: plain(facts), message })
const log: Logger = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') }

const openPool = ({ size, heapMb, names, worker, program }: HostSettings): TaskPool => {
  const open = placed({ program, settings: worker, guardian }, names, (setup) => threads(setup))
  const tell = (event: Extract<FromHost, { type: 'told' }>['event']): void => say({ type: 'told', event })
  return newTaskPool({
    size,
    heapMb,
    depth: DEPTH,
    workerName: 'thread',
    open,
    clock: systemClock,
    log,
    guardian,
    tell,
  })
}

/** Nobody is there who could be told. */
const die = (): void => void process.kill(process.pid, 'SIGKILL')

/** The parts that the manager has sent and not forgotten. */
const known = new Map<string, Part>()
let pool: TaskPool | undefined

const partsOf = (id: string): readonly Part[] => {
  const part = known.get(id)
  return part ? [part] : []
}

const performers: { readonly [Type in ToHost['type']]: (message: Extract<ToHost, { type: Type }>) => void } = {
  begin: ({ settings }) => {
    pool = openPool(settings)
    say({ type: 'ready' })
  },
  run: ({ task, cls, needs, parts }) => {
    for (const part of parts) known.set(part[0], inThreadMemory(part))
    pool?.run({ task, cls, parts: needs.flatMap((id) => partsOf(id)) })
  },
  stop: ({ id, reason }) => pool?.stop(id, reason),
  forget: ({ shares }) => pool?.forget(shares),
  drop: ({ parts }) => {
    for (const id of parts) known.delete(id)
  },
  close: ({ graceMs, why }) => void pool?.close(graceMs, why).finally(() => say({ type: 'closed' })),
}

process.title = 'parsl: HTEX threads'
hears.on(
  'data',
  newListener<ToHost>((message) => (performers[message.type] as (message: ToHost) => void)(message)),
)
for (const event of ['end', 'error', 'close']) hears.on(event, die)
says.on('error', die)
// The manager ends this process; signals of a terminal or a batch system are for it.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
