import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type BlockRequest, FINAL_JOB_STATES, type JobStatus, type Provider } from '@parsl/interfaces'
import { errorOf, eventually, isRunning, ownChildren, type Scratch, scratch } from '@parsl/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localProvider, type LocalProviderOptions } from '../src/index.js'

const GUARD = { guardMs: 50_000 }
const call = (signal = new AbortController().signal) => ({ signal })

const place = async (): Promise<Scratch> => {
  const folder = await scratch()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return folder
}

const block = (folder: Scratch, command: string, more: Partial<BlockRequest> = {}): BlockRequest => ({
  jobName: 'parsl.test.block-0',
  command,
  nodes: 1,
  tasksPerNode: 1,
  scriptDir: folder.path,
  env: {},
  ...more,
})

const statusOf = async (provider: Provider, job: string): Promise<JobStatus> =>
  (await provider.status([job], call())).get(job) as JobStatus

const ended = async (provider: Provider, job: string): Promise<JobStatus> => {
  let status: JobStatus | undefined
  await eventually(async () => FINAL_JOB_STATES.has((status = await statusOf(provider, job)).state), {
    ...GUARD,
    state: () => status,
  })
  return status as JobStatus
}

const run = async (command: string, options: LocalProviderOptions = {}) => {
  const folder = await place()
  const provider = localProvider({ killGrace: '300ms', ...options })
  const job = await provider.submit(block(folder, command), call())
  onTestFinished(async () => {
    await provider.cancel([job], call())
    await ended(provider, job)
  })
  return { folder, provider, job }
}

/** The number that a script has written, once it has. */
const numberIn = async (path: string): Promise<number> => {
  await eventually(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'), { ...GUARD, state: () => path })
  return Number(readFileSync(path, 'utf8'))
}

describe('what a block leaves behind', () => {
  it('is its exit code, where its output is, and the last lines of it', async () => {
    const { provider, job, folder } = await run('seq 1 5000\necho it is broken >&2\nexit 3')
    const status = await ended(provider, job)
    expect(status).toMatchObject({
      state: 'failed',
      message: 'exit code 3',
      exitCode: 3,
      stdoutPath: folder.at('parsl.test.block-0.out'),
      stderrPath: folder.at('parsl.test.block-0.err'),
    })
    expect(status.outputTail).toBe([...Array.from({ length: 20 }, (_, n) => 4_981 + n), 'it is broken'].join('\n'))
  })

  it('is the signal that ended it', async () => {
    const { provider, job } = await run('kill -s KILL $$')
    const status = await ended(provider, job)
    expect(status).toMatchObject({ state: 'failed', signal: 'SIGKILL', message: 'ended by SIGKILL' })
    expect(status).not.toHaveProperty('exitCode')
  })

  it('is the signal that ended its command, as far as exit codes tell', async () => {
    const { provider, job } = await run("sh -c 'kill -s SEGV $$'")
    expect(await ended(provider, job)).toMatchObject({
      state: 'failed',
      exitCode: 139,
      message: 'exit code 139, as of a command that SIGSEGV ended',
    })
  })
})

describe('a block', () => {
  it('is a script that anybody may run again', async () => {
    const { provider, job, folder } = await run('echo "$JOBNAME $GREETING"', { workerInit: 'GREETING=hello' })
    await ended(provider, job)
    expect(readFileSync(folder.at('parsl.test.block-0.out'), 'utf8')).toBe('parsl.test.block-0 hello\n')
    expect(readFileSync(folder.at('parsl.test.block-0.sh'), 'utf8')).toBe(
      `#!/bin/sh\nGREETING=hello\nJOBNAME='parsl.test.block-0'\nexport JOBNAME\necho "$JOBNAME $GREETING"\n`,
    )
    expect(statSync(folder.at('parsl.test.block-0.sh')).mode & 0o777).toBe(0o700)
  })

  it('has ended when nothing of it runs any more: what its script left is ended with it', async () => {
    const { provider, job, folder } = await run('sleep 1000 &\necho $! > "$DIR/pid"\nexit 0', {
      workerInit: 'DIR=$(dirname "$0")',
    })
    const left = await numberIn(folder.at('pid'))
    expect(await ended(provider, job)).toMatchObject({ state: 'completed', exitCode: 0 })
    expect(isRunning(left)).toBe(false)
  })

  it('is killed with everything that it started, if it does not end by itself', async () => {
    const deaf = `trap '' TERM\n(trap '' TERM; while :; do sleep 1; done) &\necho $! > "$(dirname "$0")/pid"\nwhile :; do sleep 1; done`
    const { provider, job, folder } = await run(deaf)
    const child = await numberIn(folder.at('pid'))
    await provider.cancel([job], call())
    expect(await ended(provider, job)).toMatchObject({ state: 'cancelled', signal: 'SIGKILL' })
    expect(isRunning(child)).toBe(false)
  })

  it('may put itself in order when it is asked to end', async () => {
    const polite = `trap 'echo in order; exit 0' TERM\necho 1 > "$(dirname "$0")/ready"\nwhile :; do sleep 0.1; done`
    const { provider, job, folder } = await run(polite, { killGrace: '20s' })
    await numberIn(folder.at('ready'))
    await provider.cancel([job], call())
    expect(await ended(provider, job)).toMatchObject({
      state: 'cancelled',
      exitCode: 0,
      outputTail: expect.stringMatching(/^in order/) as string,
    })
  })

  it('keeps no program from ending', async () => {
    const { provider, job } = await run('while :; do sleep 1; done')
    await eventually(async () => (await statusOf(provider, job)).state === 'running', GUARD)
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap')
  })
})

describe('a submission is refused', () => {
  it('under a name that is taken', async () => {
    const { provider, folder } = await run('true')
    const error = await errorOf(provider.submit(block(folder, 'true'), call()))
    expect(error).toMatchObject({ code: 'PARSL_PROVIDER_SCRIPT_PATH', cause: { code: 'EEXIST' } })
  })

  it('under a name that is no name of a file', async () => {
    const folder = await place()
    for (const jobName of ['../x', 'a/b', '', '-rf', "it's"]) {
      const error = await errorOf(localProvider().submit(block(folder, 'true', { jobName }), call()))
      expect(error, jobName).toMatchObject({ code: 'PARSL_PROVIDER_SUBMIT', details: { provider: 'local', jobName } })
    }
    expect(existsSync(folder.at('../x.sh'))).toBe(false)
  })

  it('with an environment that is too large for the system', async () => {
    const folder = await place()
    const env = { BIG: 'x'.repeat(4_000_000) }
    const error = await errorOf(localProvider().submit(block(folder, 'true', { env }), call()))
    expect(error).toMatchObject({ code: 'PARSL_PROVIDER_SUBMIT', cause: { code: 'E2BIG' } })
  })
})

it('says what the machine has, and starts nothing before it is asked to', () => {
  const children = ownChildren().length
  const provider = localProvider()
  expect(provider.nodeShape?.cores).toBe(availableParallelism())
  expect(provider.nodeShape?.memoryBytes).toBeGreaterThan(2 ** 20)
  expect(ownChildren()).toHaveLength(children)
})

it('gives a command line that kills what does not end by itself, and that does nothing to what has ended', async () => {
  const deaf = `trap '' TERM\necho $$ > "$(dirname "$0")/pid"\nwhile :; do sleep 1; done`
  const { provider, job, folder } = await run(deaf)
  await numberIn(folder.at('pid'))
  const [program = '', ...args] = provider.cancelCommand(job)
  expect(spawnSync(program, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  expect(await ended(provider, job)).toMatchObject({ state: 'failed', signal: 'SIGKILL' })
  expect(spawnSync(program, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
})
