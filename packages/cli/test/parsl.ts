import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../dist/main.js')
const GUARD_MS = 50_000

/** How a command ended. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Where a command runs. */
export interface Place {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** The built command. @defaultValue that of this package */
  readonly main?: string
}

/** A program of the folder `programs`. */
export const programAt = (name: string): string => join(import.meta.dirname, 'programs', name)

/** Starts the command as a user has it: nothing of the test's own environment, UTC. */
export const startParsl = ({ cwd, env = {}, main = MAIN }: Place, ...args: readonly string[]) =>
  spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: GUARD_MS,
    killSignal: 'SIGKILL',
  })

/** Runs the command to its end, with nothing to read. */
export const parsl = async (place: Place, ...args: readonly string[]): Promise<Ended> => {
  const child = startParsl(place, ...args)
  child.stdin.end()
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (texts.stderr += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { ...texts, code, signal }
}
