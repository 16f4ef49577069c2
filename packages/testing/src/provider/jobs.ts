import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Provider } from '@parsl/interfaces'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { eventually } from '../eventually.js'
import type { Cases, Group } from '../suite.js'
import { call, type ProviderRig } from './rig.js'

const GUARD = { guardMs: 60_000 }
const run = promisify(execFile)

/** A block that says that it runs, and goes on until it is ended. */
const endless = (path: string): string => `echo here > '${path}'\nwhile :; do sleep 1; done`
const thereIs = (path: string): Promise<void> => eventually(() => existsSync(path), { ...GUARD, state: () => path })

const submitting: Cases<ProviderRig> = {
  'runs the command of a block': async ({ submit, whenEnded, folder }) => {
    const job = await submit(`echo "it's $((40 + 2))" > '${folder.at('out')}'`)
    expect(await whenEnded(job)).toMatchObject({ state: 'completed' })
    expect(readFileSync(folder.at('out'), 'utf8')).toBe("it's 42\n")
  },
  'gives each job an id of its own': async ({ submit, whenEnded }) => {
    const jobs = [await submit('true'), await submit('true'), await submit('true')]
    expect(new Set(jobs).size).toBe(3)
    for (const job of jobs) expect(await whenEnded(job)).toMatchObject({ state: 'completed' })
  },
  'gives a job its environment, which stands in no file': async ({ submit, whenEnded, folder, scriptDir }) => {
    const secret = `secret ' " $HOME \\ ${process.pid}`
    const job = await submit(`printf %s "$PARSL_TEST_SECRET" > '${folder.at('out')}'`, {
      env: { PARSL_TEST_SECRET: secret },
    })
    await whenEnded(job)
    expect(readFileSync(folder.at('out'), 'utf8')).toBe(secret)
    const files = await readdir(scriptDir)
    for (const file of files) expect(readFileSync(join(scriptDir, file), 'utf8'), file).not.toContain('secret')
  },
  'rejects with the reason of a signal that was given before': async ({ provider, block, folder }) => {
    const signal = AbortSignal.abort(new Error('called off'))
    const error = await errorOf(provider.submit(block(`echo here > '${folder.at('ran')}'`), { signal }))
    expect(error).toBe(signal.reason)
    expect(existsSync(folder.at('ran'))).toBe(false)
  },
  'refuses a folder for scripts that is not there': async ({ provider, block, folder }) => {
    const error = await errorOf(provider.submit(block('true', { scriptDir: folder.at('nowhere') }), call()))
    expect(error).toMatchObject({ code: expect.stringMatching(/^PARSL_PROVIDER_/) as string })
  },
}

const watching: Cases<ProviderRig> = {
  'says of a job that runs that it does': async ({ submit, whenIn, statusOf, folder }) => {
    const job = await submit(endless(folder.at('runs')))
    await thereIs(folder.at('runs'))
    await whenIn(job, 'running')
    expect(await statusOf(job)).toMatchObject({ state: 'running' })
  },
  'says of a job that failed that it did': async ({ submit, whenEnded }) => {
    expect(await whenEnded(await submit('exit 3'))).toMatchObject({ state: 'failed' })
  },
  'keeps a job known after it ends': async ({ submit, whenEnded, statusOf }) => {
    const job = await submit('true')
    const ended = await whenEnded(job)
    await submit('true')
    expect(await statusOf(job)).toEqual(ended)
  },
  'knows nothing of a job that it never had, and says so': async ({ statusOf }) => {
    expect(await statusOf('no-such-job.0')).toMatchObject({ state: 'unknown' })
  },
  'answers for many jobs at once, and for none': async ({ provider, submit, whenEnded }) => {
    const jobs = await Promise.all(['exit 0', 'exit 1'].map((command) => submit(command)))
    for (const job of jobs) await whenEnded(job)
    const statuses = await provider.status(jobs.toReversed(), call())
    expect(jobs.map((job) => statuses.get(job)?.state)).toEqual(['completed', 'failed'])
    expect((await provider.status([], call())).size).toBe(0)
  },
  'rejects with the reason of a signal': async ({ provider, submit }) => {
    const job = await submit('true')
    const signal = AbortSignal.abort(new Error('called off'))
    expect(await errorOf(provider.status([job], { signal }))).toBe(signal.reason)
  },
}

const evidence: Cases<ProviderRig> = {
  'tells exit codes': async ({ submit, whenEnded }) => {
    expect(await whenEnded(await submit('exit 7'))).toMatchObject({ state: 'failed', exitCode: 7 })
    expect(await whenEnded(await submit('true'))).toMatchObject({ state: 'completed', exitCode: 0 })
  },
}

const cancelling: Cases<ProviderRig> = {
  'ends a job that runs': async ({ provider, submit, whenEnded, folder }) => {
    const job = await submit(endless(folder.at('runs')))
    await thereIs(folder.at('runs'))
    await provider.cancel([job], call())
    expect(await whenEnded(job)).toMatchObject({ state: 'cancelled' })
  },
  'ends a job that has ended, and one that never was, without complaint': async ({ provider, submit, whenEnded }) => {
    const job = await submit('exit 1')
    await whenEnded(job)
    await provider.cancel([job, 'no-such-job.0'], call())
    expect(await whenEnded(job)).toMatchObject({ state: 'failed' })
  },
  'ends only what it was asked to': async ({ provider, submit, whenEnded, whenIn, folder }) => {
    const stays = await submit(endless(folder.at('stays')))
    const goes = await submit(endless(folder.at('goes')))
    await thereIs(folder.at('stays'))
    await thereIs(folder.at('goes'))
    await provider.cancel([goes], call())
    await whenEnded(goes)
    expect(await whenIn(stays, 'running')).toMatchObject({ state: 'running' })
  },
  'gives a command line that ends a job from outside': async ({ provider, submit, whenEnded, folder }) => {
    const job = await submit(endless(folder.at('runs')))
    await thereIs(folder.at('runs'))
    const [program = '', ...args] = provider.cancelCommand(job)
    await run(program, args)
    expect(['cancelled', 'failed']).toContain((await whenEnded(job)).state)
  },
}

/** The contract of `Provider`. */
export const jobGroups: readonly Group<ProviderRig, Provider['capabilities']>[] = [
  { name: 'submit', cases: submitting },
  { name: 'status', cases: watching },
  { name: 'exitCode', when: ({ exitCode }) => exitCode, cases: evidence },
  { name: 'cancel', cases: cancelling },
]
