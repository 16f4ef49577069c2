import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Guardian } from '@parsl/interfaces'
import { type GuardianMessage, guardianMain } from './main.js'

/** The environment variable that marks processes of a run. */
const MARK = 'PARSL_RUN'
const FAREWELL_MS = 5_000

/** A guardian as its kernel holds it. */
export interface KernelGuardian extends Guardian {
  /** Tells it that nothing is left; resolves when it has ended. */
  close(): Promise<void>
}

/** Bundlers that keep names wrap functions in calls of `__name`. */
const SOURCE = `const __name = (f) => f;(${guardianMain.toString()})()`

/** It runs commands of the site's batch system, so it has the program's environment, but neither the mark of an outer run nor options for Node. */
const startProcess = (runId: string): ChildProcess => {
  const { [MARK]: _outerRun, NODE_OPTIONS: _options, ...env } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '-e', SOURCE, runId], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env,
  })
  child.unref()
  ;(child.stdin as { unref?(): void } | null)?.unref?.()
  child.stdin?.on('error', () => {})
  child.on('error', () => {})
  return child
}

/** Tells it that nothing is left, and waits for its end. */
const dismiss = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  child.stdin?.end(`${JSON.stringify({ type: 'bye' } satisfies GuardianMessage)}\n`)
  const timer = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS)
  await once(child, 'exit')
  clearTimeout(timer)
}

/** The run that a guardian watches over. */
interface GuardedRun {
  readonly runId: string
  readonly runDir: string
  readonly graceMs: number
  readonly policy: 'end' | 'finish'
}

const firstMessage = ({ runId, runDir, graceMs, policy }: GuardedRun): GuardianMessage => ({
  type: 'start',
  mark: `${MARK}=${runId}`,
  graceMs,
  log: join(runDir, 'guardian.log'),
  policy,
})

/**
 * The small process that cleans up when the program is gone. It is started with the first thing it has to watch, or when a process is about to be
 * marked, and needs no answer: what is written into its pipe is read even when the program dies in the next moment. Where somebody ends it,
 * the next thing to watch starts another.
 */
export const newGuardian = (run: GuardedRun): KernelGuardian => {
  let child: ChildProcess | undefined
  let nextId = 0
  const watched = new Map<number, GuardianMessage>()
  const write = (message: GuardianMessage): void => void child?.stdin?.write(`${JSON.stringify(message)}\n`)
  const start = (): void => {
    const started = startProcess(run.runId)
    started.once('exit', () => {
      if (child === started) child = undefined
    })
    child = started
    write(firstMessage(run))
    for (const message of watched.values()) write(message)
  }
  const watch = (what: (id: number) => GuardianMessage): (() => void) => {
    const id = nextId++
    if (!child) start()
    const message = what(id)
    watched.set(id, message)
    write(message)
    return () => {
      watched.delete(id)
      write({ type: 'forget', id })
    }
  }
  return {
    mark: () => {
      if (!child) start()
      return { [MARK]: run.runId }
    },
    processGroup: (pgid) => watch((id) => ({ type: 'group', id, pgid })),
    command: (argv) => watch((id) => ({ type: 'command', id, argv })),
    path: (path) => watch((id) => ({ type: 'path', id, path })),
    close: async () => {
      const ending = child
      child = undefined
      if (ending) await dismiss(ending)
    },
  }
}
