import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AppException,
  BashAppNoReturn,
  BashExitFailure,
  type Guardian,
  type StreamTarget,
  type TaskTry,
} from '@parsl/interfaces'
import { endGroup } from './process-group.js'
import type { StoppableBody } from './place.js'
import { isShellCommand } from './shell-command.js'
import { openStream, tailOf } from './std-streams.js'

/** How a bash app ended well. Streams are paths where they were written to files. */
export interface BashResult {
  readonly exitCode: 0
  readonly stdout: string | undefined
  readonly stderr: string | undefined
}

/** Linux takes at most 128 KiB in one argument. */
const LONGEST_ARGUMENT = 100_000

interface Script {
  readonly args: readonly string[]
  remove(): Promise<void>
}

const commandOf = (app: string, returned: unknown): { readonly text: string; readonly options: readonly string[] } => {
  if (isShellCommand(returned)) return { text: returned.text, options: ['-o', 'pipefail'] }
  if (typeof returned === 'string') return { text: returned, options: [] }
  throw new BashAppNoReturn(app, returned === null ? 'null' : typeof returned)
}

/** `--`, since a command that starts with a dash would be taken for an option of bash. */
const scriptFor = async (text: string, options: readonly string[], guardian: Guardian): Promise<Script> => {
  if (Buffer.byteLength(text) <= LONGEST_ARGUMENT)
    return { args: [...options, '-c', '--', text], remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'parsl-command-'))
  const release = guardian.path(folder)
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    release()
  }
  const path = join(folder, 'command.sh')
  try {
    await writeFile(path, text, { mode: 0o600 })
    return { args: [...options, path], remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const pathOf = (target: StreamTarget): string | undefined => (typeof target === 'string' ? undefined : target.path)

const startBash = async (attempt: TaskTry, body: StoppableBody, script: Script): Promise<ChildProcess> => {
  const { spec, stdout, stderr } = attempt
  const out = await openStream('stdout', stdout)
  try {
    const err = await openStream('stderr', stderr)
    try {
      const child = spawn('bash', script.args, {
        detached: true,
        stdio: ['ignore', out.stdio, err.stdio],
        env: { ...process.env, PARSL_TASK_ID: String(attempt.taskId), ...spec.env, ...body.place.guardian.mark() },
      })
      await once(child, 'spawn')
      return child
    } catch (cause) {
      throw new AppException(spec.app, `cannot start bash: ${(cause as Error).message}`, { cause })
    } finally {
      await err.close()
    }
  } finally {
    await out.close()
  }
}

/** Waits for bash, whatever it left behind included: what it started ends with it. */
const ended = async (
  child: ChildProcess,
  body: StoppableBody,
): Promise<readonly [number | null, NodeJS.Signals | null]> => {
  const pgid = child.pid as number
  const release = body.place.guardian.processGroup(pgid)
  let ending: Promise<void> | undefined
  const end = (): Promise<void> => (ending ??= endGroup(pgid, body.place.killGraceMs))
  body.whenStopped(() => void end())
  try {
    return child.exitCode === null && child.signalCode === null
      ? ((await once(child, 'exit')) as [number | null, NodeJS.Signals | null])
      : [child.exitCode, child.signalCode]
  } finally {
    await end()
    release()
  }
}

/**
 * Runs what the body of a bash app returned.
 * @throws BashAppNoReturn, BadStdStreamFile, BashExitFailure, AppException
 */
export const runBash = async (attempt: TaskTry, body: StoppableBody, returned: unknown): Promise<BashResult> => {
  const { text, options } = commandOf(attempt.spec.app, await returned)
  const script = await scriptFor(text, options, body.place.guardian)
  try {
    body.throwIfStopped()
    const child = await startBash(attempt, body, script)
    const [exitCode, signal] = await ended(child, body)
    const streams = { stdout: pathOf(attempt.stdout), stderr: pathOf(attempt.stderr) }
    if (exitCode === 0) return { exitCode, ...streams }
    throw new BashExitFailure({
      app: attempt.spec.app,
      exitCode,
      signal,
      command: text,
      ...streams,
      stderrTail: await tailOf(attempt.stderr),
    })
  } finally {
    await script.remove()
  }
}
