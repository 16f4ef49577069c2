import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { channel } from '../channel.js'
import { frame, newUnframer } from '../frames.js'
import type { FromWorker, RunMessage, ToWorker } from '../messages.js'
import { signalGroup } from '../process-group.js'
import { newTickets, type Tickets } from '../tickets.js'
import type { OpenWorker, ToSend, WorkerEnd, WorkerSetup } from './link.js'

/** How long after a worker's end its channel may stay open: something that it started may hold it. */
const STRAY_MS = 1_000

/** What starting processes takes beside. */
export interface ProcessSetup extends WorkerSetup {
  /** Where a worker that runs out of memory leaves a word about it. */
  readonly reportDir: string
}

interface Started {
  readonly child: ChildProcess
  readonly hears: Socket
  readonly says: Socket
  readonly tickets: Tickets
}

const startProcess = (
  { program, settings, guardian }: ProcessSetup,
  reportDir: string,
  heapMb: number | undefined,
): Started => {
  mkdirSync(reportDir, { recursive: true })
  const tickets = newTickets(join(reportDir, 'tickets'))
  const child = spawn(
    process.execPath,
    [
      ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]),
      '--report-on-fatalerror',
      '--report-compact',
      `--report-directory=${reportDir}`,
      program,
    ],
    {
      // A group of its own: signals of the terminal are for the program.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', tickets.file],
      env: { ...process.env, ...guardian.mark() },
    },
  )
  const hears = child.stdio[channel.hear] as Socket
  hears.on('error', () => {})
  hears.write(frame([{ type: 'settings', settings }]))
  return { child, hears, says: child.stdio[channel.say] as Socket, tickets }
}

/** What the engine wrote before it gave up. */
const fatalError = (reportDir: string): string => {
  try {
    const [name] = readdirSync(reportDir)
    if (name === undefined) return ''
    const { header } = JSON.parse(readFileSync(join(reportDir, name), 'utf8')) as { header?: { event?: string } }
    return header?.event ?? ''
  } catch {
    return ''
  }
}

/** Calls `ended` when the process has ended and everything that it said was heard. */
const whenEnded = ({ child, says }: Started, ended: (end: Pick<WorkerEnd, 'exitCode' | 'signal'>) => void): void => {
  let left = 2
  let end: Pick<WorkerEnd, 'exitCode' | 'signal'> = { exitCode: null, signal: null }
  const one = (): void => void (--left === 0 && ended(end))
  says.once('close', one)
  says.on('error', () => {})
  child.once('exit', (exitCode, signal) => {
    end = { exitCode, signal }
    setTimeout(() => says.destroy(), STRAY_MS).unref()
    one()
  })
}

/** Sends tries under tickets, and takes them back by these. */
const newSender = ({ hears, tickets }: Started) => {
  /** What may not have begun. */
  const sent = new Map<number, RunMessage>()
  const send = (messages: readonly ToSend[]): void => {
    const tries = messages.filter(({ type }) => type === 'run').length
    let ticket = tries > 0 ? tickets.issue(tries) : 0
    const ready = messages.map((message): ToWorker => {
      if (message.type !== 'run') return message
      const run = { ...message, slot: ticket++ }
      sent.set(run.id, run)
      return run
    })
    hears.write(frame(ready))
  }
  return {
    send,
    ended: (id: number): void => void sent.delete(id),
    takeBack: (ids: readonly number[]): readonly number[] => {
      const recalled = new Set(tickets.recall())
      const taken = [...sent.values()].filter(({ slot }) => recalled.has(slot))
      for (const { id } of taken) sent.delete(id)
      // All tickets are taken at once: what should have stayed is sent again.
      const stays = taken.filter(({ id }) => !ids.includes(id))
      if (stays.length > 0) send(stays.map((run) => ({ ...run, parts: [] })))
      return taken.map(({ id }) => id).filter((id) => ids.includes(id))
    },
  }
}

/** Workers that are processes of their own. */
export const processes = (setup: ProcessSetup): OpenWorker => {
  let count = 0
  return ({ name, heapMb }, events) => {
    const reportDir = join(setup.reportDir, String(count++))
    const started = startProcess(setup, reportDir, heapMb)
    const { child, hears, says, tickets } = started
    const { send, ended, takeBack } = newSender(started)
    const gone = (end: WorkerEnd): void => {
      events.gone(end)
      tickets.close()
    }
    const { pid } = child
    const release = pid === undefined ? () => {} : setup.guardian.processGroup(pid)
    says.on(
      'data',
      newUnframer<FromWorker>((messages) => {
        for (const message of messages) {
          if (message.type === 'succeeded' || message.type === 'failed') ended(message.id)
          events.message(message)
        }
      }),
    )
    child.once('error', ({ message }) => {
      if (pid === undefined) gone({ exitCode: null, signal: null, outOfMemory: false, evidence: message })
    })
    whenEnded(started, (end) => {
      release()
      signalGroup(pid as number, 'SIGKILL')
      const evidence = fatalError(reportDir)
      void rm(reportDir, { recursive: true, force: true })
      gone({ ...end, evidence, outOfMemory: /out of memory|heap limit/i.test(evidence) })
    })
    return {
      name: pid === undefined ? name : `${name}, process ${pid}`,
      send,
      takeBack,
      end: () => send([{ type: 'end' }]),
      kill: () => void (pid !== undefined && signalGroup(pid, 'SIGKILL')),
      hold: (held) => {
        for (const handle of [child, hears, says]) handle[held ? 'ref' : 'unref']()
      },
    }
  }
}
