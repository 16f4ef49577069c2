import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { eventually } from '../eventually.js'
import { seesMemory } from '../sees-memory.js'
import type { Cases, Group } from '../suite.js'
import { opened } from '../bodies.js'
import { KILL_GRACE_MS, type Rig } from './rig.js'

const GUARD = { guardMs: 30_000 }
const thereIs = (path: string): Promise<void> => eventually(() => existsSync(path), { ...GUARD, state: () => path })

const forced: Cases<Rig> = {
  'an endless loop ends soon after the grace period': async ({ submit, endOf, running, run, folder }) => {
    const spin = (path: string): void => {
      writeFileSync(path, '')
      for (;;);
    }
    const attempt = submit(spin, [folder.at('spins')])
    await thereIs(folder.at('spins'))
    const from = performance.now()
    running.stop(attempt, 'enough')
    expect(await endOf(attempt)).toEqual({ is: 'failed', kind: 'stopped', error: 'enough' })
    expect(performance.now() - from).toBeLessThan(10 * KILL_GRACE_MS + 5_000)
    expect(await run(() => 'next')).toEqual({ is: 'succeeded', value: 'next' })
  },
  'an endless loop is ended by its walltime': async ({ run }) => {
    const spin = (): void => {
      for (;;);
    }
    const end = await run(spin, [], { spec: { walltimeMs: 100 } })
    expect(end).toMatchObject({ is: 'failed', kind: 'body', error: { code: 'PARSL_APP_TIMEOUT' } })
  },
}

const captures: Cases<Rig> = {
  'what a body prints is in its files when its end is reported': async ({ run, folder }) => {
    const out = { path: folder.at('out'), mode: 'a' }
    const err = { path: folder.at('err'), mode: 'w' }
    const print = (word: string): void => {
      console.log(word)
      console.error(`${word}!`)
      process.stdout.write('x'.repeat(100_000))
    }
    for (const word of ['one', 'two']) await run(print, [word], { stdout: out, stderr: err })
    const long = 'x'.repeat(100_000)
    expect(readFileSync(out.path, 'utf8')).toBe(`one\n${long}two\n${long}`)
    expect(readFileSync(err.path, 'utf8')).toBe('two!\n')
  },
  'a file that cannot be opened fails the try': async ({ run, folder }) => {
    const end = await run(() => 1, [], { stdout: { path: folder.path, mode: 'a' } })
    expect(end).toMatchObject({ is: 'failed', kind: 'body', error: { code: 'PARSL_APP_STD_STREAM' } })
  },
}

const ordered: Cases<Rig> = {
  'smaller priorities start first, equal ones in order, those without one last': async (rig) => {
    const { submit, endOf, running, heard, folder, run } = rig
    await run(() => 0)
    const { slots } = running.load()
    if (!Number.isFinite(slots))
      throw new Error('create must bound how many bodies run at once: this fills every place')
    const gates = Array.from({ length: slots }, (_, slot) => `gate-${slot}`)
    const holders = gates.map((gate) => submit(opened, [folder.at(gate)]))
    await eventually(() => heard.started.length === slots + 1, { ...GUARD, state: () => heard.started.length })
    const tries = [undefined, 5, 0, -3, 5, undefined, 0.5, 0].map((priority) =>
      submit((n: number | undefined) => n, [priority], { spec: { priority } }),
    )
    // One place alone, so that one starts after the other.
    await folder.fill('gate-0')
    await Promise.all(tries.map(endOf))
    const order = [3, 2, 7, 6, 1, 4, 0, 5].map((index) => tries[index])
    expect(heard.started.slice(slots + 1).map((attempt) => tries.indexOf(attempt))).toEqual(
      order.map((attempt) => tries.indexOf(attempt as (typeof tries)[number])),
    )
    await folder.fill(...gates)
    await Promise.all(holders.map(endOf))
  },
}

const memory: Cases<Rig> = {
  'shared memory among the arguments is the same on both sides': async ({ run }) => {
    const counts = new Int32Array(new SharedArrayBuffer(4))
    expect(await run((list: Int32Array) => Atomics.add(list, 0, 3), [counts])).toEqual({ is: 'succeeded', value: 0 })
    expect(counts[0]).toBe(3)
  },
}

const noMemory: Cases<Rig> = {
  'shared memory among the arguments is refused': async ({ run }) => {
    const end = await run((given: SharedArrayBuffer) => given.byteLength, [new SharedArrayBuffer(4)])
    expect(end).toMatchObject({ is: 'failed', kind: 'body', error: { code: 'PARSL_SERIALIZE' } })
  },
}

/** What the capabilities claim. */
export const truthGroups: readonly Group<Rig>[] = [
  { name: 'forcedStop', when: ({ forcedStop }) => forcedStop, cases: forced },
  { name: 'capturesStreams', when: ({ capturesStreams }) => capturesStreams, cases: captures },
  { name: 'sharesMemory', when: seesMemory, cases: memory },
  { name: 'no sharesMemory', when: (capabilities) => !seesMemory(capabilities), cases: noMemory },
  { name: 'priorities', when: ({ priorities }) => priorities, cases: ordered },
]
