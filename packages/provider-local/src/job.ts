import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { type BlockRequest, type JobStatus, ScriptPathError, SubmitException } from '@parsl/interfaces'
import { endGroup } from './process-group.js'
import { tailOf } from './tail.js'

const refused = (jobName: string, reason: string, options?: ErrorOptions): SubmitException =>
  new SubmitException({ provider: 'local', jobName, exitCode: null, stdout: '', stderr: reason }, options)

const scriptOf = ({ jobName, command }: BlockRequest, workerInit: string): string =>
  ['#!/bin/sh', ...(workerInit === '' ? [] : [workerInit]), `JOBNAME='${jobName}'`, 'export JOBNAME', command, ''].join(
    '\n',
  )

/** Where a job's script and output are. */
interface JobFiles {
  readonly script: string
  readonly stdoutPath: string
  readonly stderrPath: string
}

const filesOf = ({ scriptDir, jobName }: BlockRequest): JobFiles => ({
  script: join(scriptDir, `${jobName}.sh`),
  stdoutPath: join(scriptDir, `${jobName}.out`),
  stderrPath: join(scriptDir, `${jobName}.err`),
})

const writeScript = async (path: string, text: string, signal: AbortSignal): Promise<void> => {
  try {
    // A second job of this name would write over the first one's output.
    await writeFile(path, text, { mode: 0o700, flag: 'wx', signal })
  } catch (error) {
    signal.throwIfAborted()
    throw new ScriptPathError(path, { cause: error })
  }
}

/** `exit code 137, as of a command that SIGKILL ended`. */
const exitText = (exitCode: number): string => {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128) ?? []
  return `exit code ${exitCode}${name === undefined ? '' : `, as of a command that ${name} ended`}`
}

/** A block's processes, from their start until none is left. */
export class Job {
  readonly pgid: number
  readonly #files: JobFiles
  readonly #graceMs: number
  #exit: { readonly exitCode: number | null; readonly signal: string | null } | undefined
  #ending: Promise<void> | undefined
  #isCancelled = false
  #isGone = false

  constructor(child: ChildProcess, files: JobFiles, graceMs: number) {
    // Where it could not be started there is none, and nobody gets this job.
    this.pgid = child.pid ?? NaN
    this.#files = files
    this.#graceMs = graceMs
    // What keeps the program going is its work, not the blocks.
    child.unref()
    child.once('exit', (exitCode, signal) => {
      this.#exit = { exitCode, signal }
      void this.#end().then(() => (this.#isGone = true))
    })
  }

  /** Asks its processes to end, and kills them after the grace period. */
  cancel(): void {
    if (this.#exit) return
    this.#isCancelled = true
    void this.#end()
  }

  async status(): Promise<JobStatus> {
    const { stdoutPath, stderrPath } = this.#files
    const paths = { stdoutPath, stderrPath }
    if (!this.#exit || !this.#isGone) return { state: 'running', ...paths }
    const { exitCode, signal } = this.#exit
    const tails = [await tailOf(stdoutPath), await tailOf(stderrPath)]
    return {
      state: this.#isCancelled ? 'cancelled' : exitCode === 0 ? 'completed' : 'failed',
      message: signal === null ? exitText(exitCode ?? 0) : `ended by ${signal}`,
      ...(exitCode === null ? {} : { exitCode }),
      ...(signal === null ? {} : { signal }),
      ...paths,
      outputTail: tails.filter((tail) => tail !== '').join('\n'),
    }
  }

  /** What the script left running ends with it, as under a batch system. */
  #end(): Promise<void> {
    this.#ending ??= endGroup(this.pgid, this.#graceMs)
    return this.#ending
  }
}

/** Starts the script in a process group of its own. */
const startScript = async (block: BlockRequest, files: JobFiles, graceMs: number): Promise<Job> => {
  await using stdout = await open(files.stdoutPath, 'a')
  await using stderr = await open(files.stderrPath, 'a')
  const child = spawn('/bin/sh', [files.script], {
    detached: true,
    stdio: ['ignore', stdout.fd, stderr.fd],
    env: { ...process.env, ...block.env },
  })
  // It listens before anything else is waited for: a short script ends at once.
  const job = new Job(child, files, graceMs)
  await once(child, 'spawn')
  return job
}

/**
 * Writes a block's script and starts it.
 * @throws SubmitException `PARSL_PROVIDER_SUBMIT`, ScriptPathError `PARSL_PROVIDER_SCRIPT_PATH`, and the signal's reason
 */
export const startJob = async (
  block: BlockRequest,
  { workerInit, killGraceMs }: { readonly workerInit: string; readonly killGraceMs: number },
  signal: AbortSignal,
): Promise<Job> => {
  signal.throwIfAborted()
  if (!/^\w[\w.-]*$/.test(block.jobName)) throw refused(block.jobName, 'its name cannot be that of a file')
  const files = filesOf(block)
  await writeScript(files.script, scriptOf(block, workerInit), signal)
  signal.throwIfAborted()
  return startScript(block, files, killGraceMs).catch((error: unknown) => {
    throw refused(block.jobName, (error as Error).message, { cause: error })
  })
}
