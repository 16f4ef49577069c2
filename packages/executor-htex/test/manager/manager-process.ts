import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { processesWith, type SeenProcess } from '@parsl/testing'

const ENTRY = fileURLToPath(new URL('../../dist/manager.js', import.meta.url))

/** A manager as a process of its own. */
export interface ManagerProcess extends AsyncDisposable {
  readonly child: ChildProcess
  readonly uid: string
  /** What it wrote to its error stream. */
  said(): string
  /** What it wrote to its output: its workers write there as well. */
  printed(): string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Its workers and what they started. */
  workers(): readonly SeenProcess[]
}

const ALWAYS =
  '--addresses 127.0.0.1 --keys none --block-id 7 --max-workers-per-node 2 --probe-timeout 5 --kill-grace 1 --poll 20ms'

let count = 0

export const startManager = (
  port: number,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): ManagerProcess => {
  const uid = `m${process.pid}-${count++}`
  const child = spawn(process.execPath, [ENTRY, ...`${ALWAYS} --port ${port} --uid ${uid}`.split(' '), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PARSL_CORES: '2', ...env },
  })
  let said = ''
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? (signal as string))
  return {
    child,
    uid,
    said: () => said,
    printed: () => printed,
    ended,
    workers: () => processesWith(`PARSL_WORKER_POOL_ID=${uid}`),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(timer)
    },
  }
}
