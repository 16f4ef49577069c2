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

const startProcess = (): ChildProcess => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SOURCE], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: {},
  })
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  child.stdin?.on('error', () => {})
  child.on('error', () => {})
  return child
}

/**
 * The small process that cleans up when the program is gone. It is started with the first thing it has to watch, and needs no answer:
 * what is written into its pipe is read even when the program dies in the next moment.
 */
export const newGuardian = (run: {
  readonly runId: string
  readonly runDir: string
  readonly graceMs: number
  readonly policy: 'end' | 'finish'
}): KernelGuardian => {
  let child: ChildProcess | undefined
  let nextId = 0
  const send = (message: GuardianMessage): void => {
    if (!child) {
      child = startProcess()
      write({
        type: 'start',
        mark: `${MARK}=${run.runId}`,
        graceMs: run.graceMs,
        log: join(run.runDir, 'guardian.log'),
        policy: run.policy,
      })
    }
    write(message)
  }
  const write = (message: GuardianMessage): void => void child?.stdin?.write(`${JSON.stringify(message)}\n`)
  const watch = (what: (id: number) => GuardianMessage): (() => void) => {
    const id = nextId++
    send(what(id))
    return () => send({ type: 'forget', id })
  }
  return {
    mark: { [MARK]: run.runId },
    processGroup: (pgid) => watch((id) => ({ type: 'group', id, pgid })),
    command: (argv) => watch((id) => ({ type: 'command', id, argv })),
    path: (path) => watch((id) => ({ type: 'path', id, path })),
    close: async () => {
      if (!child) return
      const ending = child
      child = undefined
      if (ending.exitCode !== null || ending.signalCode !== null) return
      ending.ref()
      ending.stdin?.end(`${JSON.stringify({ type: 'bye' } satisfies GuardianMessage)}\n`)
      const timer = setTimeout(() => ending.kill('SIGKILL'), FAREWELL_MS)
      await once(ending, 'exit')
      clearTimeout(timer)
    },
  }
}
