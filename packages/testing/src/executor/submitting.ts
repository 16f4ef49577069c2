import { existsSync, readFileSync } from 'node:fs'
import { isParslError } from '@parsl/interfaces'
import { expect } from 'vitest'
import type { Cases, Group } from '../suite.js'
import { countUp, opened } from '../bodies.js'
import { kindsOfValues } from '../values.js'
import type { Rig } from './rig.js'

const OFFSET = 100
const shifted = (n: number): number => n + OFFSET

class Unlucky extends Error {
  override readonly name = 'Unlucky'
  readonly number: number
  constructor(number: number) {
    super(`number ${number}`)
    this.number = number
  }
}

const submitting: Cases<Rig> = {
  'gives what a body returns, at once or later': async ({ run }) => {
    expect(await run((a: number, b: number) => shifted(a) + b, [1, 2])).toEqual({ is: 'succeeded', value: 103 })
    expect(await run(async (n: number) => shifted(n), [1])).toEqual({ is: 'succeeded', value: 101 })
  },
  'starts no body within the call': async ({ submit, endOf, folder }) => {
    const attempt = submit(countUp, [folder.at('ran')])
    expect(existsSync(folder.at('ran'))).toBe(false)
    expect(await endOf(attempt)).toEqual({ is: 'succeeded', value: 1 })
  },
  'takes functions of the language and bound functions': async ({ run }) => {
    expect(await run(Math.max, [1, 3, 2])).toEqual({ is: 'succeeded', value: 3 })
    expect(await run(shifted.bind(undefined, 5))).toEqual({ is: 'succeeded', value: 105 })
  },
  'gives results of many kinds as they were': async ({ submit, endOf }) => {
    const kinds = kindsOfValues()
    const tries = Object.entries(kinds).map(([kind, value]) => [kind, submit((it: unknown) => [it], [value])] as const)
    for (const [kind, attempt] of tries)
      expect(await endOf(attempt), kind).toStrictEqual({ is: 'succeeded', value: [kinds[kind]] })
  },
  'makes a list of what a generator yields': async ({ run }) => {
    const body = function* (n: number) {
      for (let i = 0; i < n; i++) yield shifted(i)
    }
    expect(await run(body, [3])).toEqual({ is: 'succeeded', value: [100, 101, 102] })
  },
  'runs the command that a body of kind bash returns': async ({ run, folder }) => {
    const path = folder.at('out.txt')
    const options = { spec: { kind: 'bash', env: { WORD: 'hi' } }, stdout: { path, mode: 'w' } } as const
    const end = await run(() => 'echo "$WORD there"', [], options)
    expect(end).toEqual({ is: 'succeeded', value: { exitCode: 0, stdout: path, stderr: undefined } })
    expect(readFileSync(path, 'utf8')).toBe('hi there\n')
  },
  'takes many at once, and ends each once': async ({ submit, endOf, heard }) => {
    const tries = Array.from({ length: 100 }, (_, n) => submit((m: number) => m * 2, [n]))
    const ends = await Promise.all(tries.map(endOf))
    expect(ends).toEqual(tries.map((_, n) => ({ is: 'succeeded', value: n * 2 })))
    expect(heard.ended).toBe(100)
  },
  'counts what it holds, and how many run at once': async ({ running, submit, endOf, folder }) => {
    expect(running.load().outstanding).toBe(0)
    const tries = Array.from({ length: 3 }, () => submit(opened, [folder.at('gate')]))
    expect(running.load().outstanding).toBe(3)
    await folder.fill('gate')
    await Promise.all(tries.map(endOf))
    expect(running.load().outstanding).toBe(0)
    expect(running.load().slots).toBeGreaterThan(0)
  },
}

const reporting: Cases<Rig> = {
  'tells of the start, then of the end, with the object that was submitted': async ({ submit, endOf, heard }) => {
    const attempt = submit(() => 1)
    await endOf(attempt)
    expect(heard.started).toEqual([attempt])
    expect(heard.started[0]).toBe(attempt)
  },
  'tells what a body throws as a failure of the body': async ({ run }) => {
    const end = await run(
      (n: number) => {
        throw new Unlucky(n)
      },
      [13],
    )
    expect(end).toMatchObject({ is: 'failed', kind: 'body', error: { name: 'Unlucky', number: 13 } })
    expect(end.is === 'failed' && end.error).toBeInstanceOf(Unlucky)
  },
  'tells anything that a body throws': async ({ run }) => {
    for (const reason of ['text', undefined, null, 0]) {
      const end = await run((given: unknown) => Promise.reject(given), [reason])
      expect(end).toEqual({ is: 'failed', kind: 'body', error: reason })
    }
  },
  'tells of a failed command as a failure of the body': async ({ run }) => {
    const end = await run(() => 'exit 3', [], { spec: { kind: 'bash' } })
    expect(end).toMatchObject({ is: 'failed', kind: 'body', error: { code: 'PARSL_APP_BASH_EXIT' } })
  },
  'ends a body by its walltime, as a failure of the body': async ({ run, folder }) => {
    const end = await run(opened, [folder.at('never there')], { spec: { walltimeMs: 100 } })
    expect(end).toMatchObject({ is: 'failed', kind: 'body', error: { code: 'PARSL_APP_TIMEOUT' } })
  },
  'goes on after failures': async ({ run }) => {
    for (let n = 0; n < 20; n++) await run(() => Promise.reject(new Error('again')))
    expect(await run(() => 'well')).toEqual({ is: 'succeeded', value: 'well' })
  },
}

const refusing: Cases<Rig> = {
  'refuses what cannot travel as a failed try': async ({ run, folder }) => {
    const end = await run((_given: unknown, path: string) => countUp(path), [new WeakMap(), folder.at('ran')])
    expect(end.is === 'failed' && isParslError(end.error, 'PARSL_SERIALIZE')).toBe(true)
    expect(existsSync(folder.at('ran'))).toBe(false)
  },
}

/** `submit`, and what is reported. */
export const submittingGroups: readonly Group<Rig>[] = [
  { name: 'submit', cases: submitting },
  { name: 'reports', cases: reporting },
  { name: 'refusals', when: ({ isolation }) => isolation !== 'none', cases: refusing },
]
