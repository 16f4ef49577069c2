import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync } from 'node:fs'
import { type JobId, type JobStatus, type Provider, ScriptPathError } from '@parsl/interfaces'

const statusOf = (child: ChildProcess | undefined, isCancelled: boolean): JobStatus => {
  if (child === undefined) return { state: 'unknown' }
  const { exitCode, signalCode } = child
  if (exitCode === null && signalCode === null) return { state: 'running' }
  const code = exitCode === null ? {} : { exitCode }
  return { state: isCancelled ? 'cancelled' : exitCode === 0 ? 'completed' : 'failed', ...code }
}

/** A provider as small as the contract allows: a block is a shell. `'*'` cancels all, which no executor asks for. */
export const smallProvider = (): Provider => {
  const jobs = new Map<JobId, ChildProcess>()
  const cancelled = new Set<JobId>()
  const kill = (id: JobId): void => {
    const child = jobs.get(id)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    cancelled.add(id)
    process.kill(-(child.pid as number), 'SIGKILL')
  }
  return {
    name: 'small',
    capabilities: { exitCode: true, batchStatus: true },
    nodesPerBlock: 1,
    statusPeriodMs: 20,
    submit: async ({ scriptDir, command, env }, { signal }) => {
      signal.throwIfAborted()
      try {
        accessSync(scriptDir)
      } catch (error) {
        throw new ScriptPathError(scriptDir, { cause: error })
      }
      const child = spawn('/bin/sh', ['-c', command], {
        detached: true,
        stdio: 'ignore',
        env: { ...process.env, ...env },
      })
      await once(child, 'spawn')
      jobs.set(String(child.pid), child)
      return String(child.pid)
    },
    status: async (ids, { signal }) => {
      signal.throwIfAborted()
      return new Map(ids.map((id) => [id, statusOf(jobs.get(id), cancelled.has(id))]))
    },
    cancel: async (ids, { signal }) => {
      signal.throwIfAborted()
      for (const id of ids.includes('*') ? jobs.keys() : ids) kill(id)
    },
    cancelCommand: (id) => ['/bin/sh', '-c', 'kill -s KILL -- "-$1"', 'cancel', id],
  }
}
