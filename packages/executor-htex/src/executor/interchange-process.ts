import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Guardian } from '@parsl/interfaces'
import { logTail } from './log-tail.js'

/** How it ended. */
export interface InterchangeEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** The last lines that it wrote. */
  readonly evidence: string
}

/** The interchange of an executor, a process of this machine. */
export interface InterchangeProcess {
  /** Where what it prints goes. */
  readonly outputPath: string
  /** Resolves when it has ended. */
  readonly ended: Promise<InterchangeEnd>
  hold(isHeld: boolean): void
  /** Kills it where it does not end by itself within so long. */
  end(patienceMs: number): Promise<InterchangeEnd>
}

/** What starting it takes. */
export interface InterchangeSetup {
  /** Program and arguments. */
  readonly command: readonly string[]
  /** Told on its standard input, which stays open as long as the program lives. */
  readonly settings: object
  /** Where its output is kept. */
  readonly dir: string
  readonly guardian: Guardian
}

const startProcess = ({ command, dir, guardian }: InterchangeSetup, outputPath: string) => {
  const [file = process.execPath, ...args] = command
  // At once: it may end before anybody looks.
  const output = openSync(outputPath, 'a')
  const child = spawn(file, args, {
    // A group of its own: signals of the terminal are for the program.
    detached: true,
    stdio: ['pipe', output, output],
    cwd: dir,
    env: { ...process.env, ...guardian.mark() },
  })
  closeSync(output)
  return child
}

const endOf = (child: ChildProcess, outputPath: string): Promise<InterchangeEnd> =>
  new Promise((resolve) => {
    const settle = async (end: Omit<InterchangeEnd, 'evidence'>, said = ''): Promise<void> =>
      resolve({ ...end, evidence: [said, await logTail(outputPath)].filter((text) => text !== '').join('\n') })
    child.once('error', ({ message }) => void settle({ exitCode: null, signal: null }, message))
    child.once('exit', (exitCode, signal) => void settle({ exitCode, signal }))
  })

/** Starts it, and tells it its settings. */
export const startInterchange = (setup: InterchangeSetup): InterchangeProcess => {
  const outputPath = join(setup.dir, 'interchange.out')
  const child = startProcess(setup, outputPath)
  const { pid, stdin } = child
  const ended = endOf(child, outputPath)
  const release = pid === undefined ? () => {} : setup.guardian.processGroup(pid)
  void ended.then(release)
  stdin?.on('error', () => {})
  // It stays open: the end of it tells the interchange that the program is gone.
  stdin?.write(`${JSON.stringify(setup.settings)}\n`)
  return {
    outputPath,
    ended,
    hold: (isHeld) => {
      for (const handle of [child, stdin as Socket | null]) handle?.[isHeld ? 'ref' : 'unref']()
    },
    end: async (patienceMs) => {
      child.ref()
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      const end = await ended
      clearTimeout(timer)
      stdin?.destroy()
      return end
    },
  }
}
