import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Guardian, Logger } from '@parsl/interfaces'
import { signalGroup } from '@parsl/worker'
import type { Lost, PoolEvent } from './events.js'
import { type FromHost, hostChannel, type HostSettings, newListener, newSayer, type ToHost } from './host-messages.js'
import type { PoolTask, TaskPool } from './pool.js'

/** What keeping threads takes. */
export interface ThreadHostSetup extends HostSettings {
  readonly log: Logger
  readonly guardian: Guardian
  readonly tell: (event: PoolEvent) => void
}

/** Processes that end one after the other before they are ready, until we give up. */
const MOST_FAILED_STARTS = 3
/** How long the process may take to end its threads. */
const CLOSE_MS = 3_000

const ENTRY = fileURLToPath(new URL('./threads.js', import.meta.url))

/** One process that holds threads, from its start until it is gone. */
interface Host {
  readonly child: ChildProcess
  readonly say: (message: ToHost) => void
  /** Parts that it has. */
  readonly sent: Set<string>
  readonly releases: Map<number | string, () => void>
  isReady: boolean
}

/** A try that has not ended. */
interface Given {
  readonly task: PoolTask
  hasBegun: boolean
  /** Why it is to stop, if it is. */
  stop: string | undefined
}

const environmentOf = ({ names }: HostSettings): Record<string, string> => ({
  PARSL_WORKER_POOL_ID: names.manager,
  PARSL_WORKER_BLOCK_ID: names.block,
  PARSL_WORKER_COUNT: String(names.size),
})

const startProcess = (settings: HostSettings): ChildProcess =>
  spawn(process.execPath, [ENTRY], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
    env: { ...process.env, ...environmentOf(settings) },
  })

class ThreadHost implements TaskPool {
  readonly #setup: ThreadHostSetup
  /** What it was given and has not ended; begun or not. */
  readonly #tasks = new Map<number, Given>()
  readonly #closed = Promise.withResolvers<void>()
  #host: Host
  #failedStarts = 0
  #isClosing = false

  constructor(setup: ThreadHostSetup) {
    this.#setup = setup
    this.#host = this.#open()
  }

  run(task: PoolTask): void {
    this.#tasks.set(task.task.id, { task, hasBegun: false, stop: undefined })
    this.#send(task)
  }

  stop(id: number, reason: string): void {
    const known = this.#tasks.get(id)
    if (known) known.stop = reason
    this.#host.say({ type: 'stop', id, reason })
  }

  forget(shares: readonly string[]): void {
    this.#host.say({ type: 'forget', shares })
  }

  drop(parts: readonly string[]): void {
    for (const id of parts) this.#host.sent.delete(id)
    this.#host.say({ type: 'drop', parts })
  }

  async close(graceMs: number, why: string): Promise<void> {
    this.#isClosing = true
    this.#host.say({ type: 'close', graceMs, why })
    const timer = setTimeout(() => this.#closed.resolve(), graceMs + CLOSE_MS)
    await this.#closed.promise
    clearTimeout(timer)
    this.#kill(this.#host)
  }

  #send({ task, cls, parts }: PoolTask): void {
    const { sent, say } = this.#host
    const fresh = parts.filter(([id]) => !sent.has(id))
    for (const [id] of fresh) sent.add(id)
    const { id, priority, payload } = task
    const { n, app, walltimeMs, graceMs, heapMb } = cls
    say({
      type: 'run',
      task: { id, priority, payload },
      cls: { n, app, walltimeMs, graceMs, heapMb },
      needs: parts.map(([part]) => part),
      parts: fresh,
    })
  }

  #open(): Host {
    const child = startProcess(this.#setup)
    const { pid } = child
    const [hears, says] = [child.stdio[hostChannel.hear] as Socket, child.stdio[hostChannel.say] as Socket]
    const say = newSayer<ToHost>((piece) => void hears.write(piece))
    const host: Host = { child, say, sent: new Set(), releases: new Map(), isReady: false }
    if (pid !== undefined) host.releases.set(pid, this.#setup.guardian.processGroup(pid))
    for (const socket of [hears, says]) socket.on('error', () => {})
    says.on(
      'data',
      newListener<FromHost>((message) => this.#hear(host, message)),
    )
    const gone = (exitCode: number | null, signal: string | null): void => this.#gone(host, exitCode, signal)
    child.once('error', () => pid === undefined && gone(null, null))
    child.once('close', gone)
    // Its streams may be held open by what bodies started.
    child.once('exit', () => this.#kill(host))
    const { size, heapMb, names, worker, program } = this.#setup
    say({ type: 'begin', settings: { size, heapMb, names, worker, program } })
    return host
  }

  #hear(host: Host, message: FromHost): void {
    const { log, guardian } = this.#setup
    if (message.type === 'told') this.#told(message.event)
    else if (message.type === 'ready') this.#ready(host)
    else if (message.type === 'log') log[message.level](message.facts, message.message)
    else if (message.type === 'closed') this.#closed.resolve()
    else if (message.type === 'group') host.releases.set(message.pgid, guardian.processGroup(message.pgid))
    else if (message.type === 'path') host.releases.set(message.path, guardian.path(message.path))
    else this.#release(host, 'pgid' in message ? message.pgid : message.path)
  }

  #ready(host: Host): void {
    host.isReady = true
    this.#failedStarts = 0
  }

  #told(event: PoolEvent): void {
    if (event.type === 'began') {
      const known = this.#tasks.get(event.id)
      if (known) known.hasBegun = true
    } else if (event.type === 'ended') this.#tasks.delete(event.result.id)
    else if (event.type === 'lost') this.#tasks.delete(event.id)
    this.#setup.tell(event)
  }

  #release(host: Host, key: number | string): void {
    host.releases.get(key)?.()
    host.releases.delete(key)
  }

  /** Ends the process with all that its bodies started. */
  #kill(host: Host): void {
    for (const key of host.releases.keys()) if (typeof key === 'number') signalGroup(key, 'SIGKILL')
  }

  #gone(host: Host, exitCode: number | null, signal: string | null): void {
    this.#kill(host)
    for (const key of host.releases.keys()) this.#release(host, key)
    this.#closed.resolve()
    if (this.#isClosing || this.#host !== host) return
    const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`
    const evidence = `the process that held all threads of this manager ended ${how}`
    if (!host.isReady && ++this.#failedStarts >= MOST_FAILED_STARTS)
      return this.#setup.tell({ type: 'broken', why: evidence })
    this.#host = this.#open()
    this.#setup.log.warn({ exitCode, signal }, 'the process of the threads is replaced')
    const lost: Lost = { cause: 'worker', who: `threads, process ${host.child.pid}`, exitCode, signal, evidence }
    for (const given of this.#tasks.values()) this.#giveAgain(given, lost)
  }

  /** To the process that follows on the one that is gone. What ran there is lost. */
  #giveAgain({ task, hasBegun, stop }: Given, lost: Lost): void {
    const { id } = task.task
    if (hasBegun) {
      this.#tasks.delete(id)
      return this.#setup.tell({ type: 'lost', id, how: lost })
    }
    this.#send(task)
    if (stop !== undefined) this.#host.say({ type: 'stop', id, reason: stop })
  }
}

/** Runs tries in threads of one process that is a child of this one: a thread that brings its process down does not take the manager along. */
export const openThreadHost = (setup: ThreadHostSetup): TaskPool => new ThreadHost(setup)
