import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import { eventually } from '../eventually.js'
import type { Cases, Group } from '../suite.js'
import { countUp, never, opened, untilAborted } from '../bodies.js'
import type { Rig } from './rig.js'

const GUARD = { guardMs: 30_000 }
const stoppedBy = (error: unknown) => ({ is: 'failed', kind: 'stopped', error })
const thereIs = (path: string): Promise<void> => eventually(() => existsSync(path), { ...GUARD, state: () => path })

const stopping: Cases<Rig> = {
  'asks a running body to stop, and reports the reason': async ({ submit, endOf, running, folder }) => {
    const reason = new Error('enough')
    const attempt = submit(untilAborted, [folder.at('runs')])
    await thereIs(folder.at('runs'))
    running.stop(attempt, reason)
    expect(await endOf(attempt)).toEqual(stoppedBy(reason))
    expect(existsSync(folder.at('runs.told'))).toBe(true)
  },
  'gives up a body that does not hear, after the grace period': async ({ submit, endOf, running, run, folder }) => {
    const attempt = submit(never, [folder.at('runs')])
    await thereIs(folder.at('runs'))
    running.stop(attempt, 'enough')
    expect(await endOf(attempt)).toEqual(stoppedBy('enough'))
    expect(await run(() => 'next')).toEqual({ is: 'succeeded', value: 'next' })
  },
  'removes what has not started': async ({ submit, endOf, running, folder }) => {
    const { slots } = running.load()
    const held = Array.from({ length: Number.isFinite(slots) ? slots : 1 }, () => submit(opened, [folder.at('gate')]))
    const attempt = submit(countUp, [folder.at('ran')])
    running.stop(attempt, 'changed my mind')
    expect(await endOf(attempt)).toEqual(stoppedBy('changed my mind'))
    await folder.fill('gate')
    await Promise.all(held.map(endOf))
    expect(existsSync(folder.at('ran'))).toBe(false)
    expect(running.load().outstanding).toBe(0)
  },
  'counts once, with the first reason': async ({ submit, endOf, running, folder }) => {
    const attempt = submit(untilAborted, [folder.at('runs')])
    await thereIs(folder.at('runs'))
    running.stop(attempt, 'first')
    running.stop(attempt, 'second')
    expect(await endOf(attempt)).toEqual(stoppedBy('first'))
  },
  'does nothing to what has ended': async ({ submit, endOf, running, run, heard }) => {
    const attempt = submit(() => 1)
    await endOf(attempt)
    running.stop(attempt, 'too late')
    expect(await run(() => 2)).toEqual({ is: 'succeeded', value: 2 })
    expect([heard.ended, running.load().outstanding]).toEqual([2, 0])
  },
  'ends the processes of a command': async ({ submit, endOf, running, heard }) => {
    const attempt = submit(() => 'sleep 1000 & sleep 1000', [], { spec: { kind: 'bash' } })
    await eventually(() => heard.started.includes(attempt), GUARD)
    running.stop(attempt, 'enough')
    expect(await endOf(attempt)).toEqual(stoppedBy('enough'))
  },
}

const closing: Cases<Rig> = {
  'leaves nothing, whether anything ran or not': async ({ run, end, startAgain }) => {
    const other = await startAgain()
    await other.end()
    await run(() => 1)
    await end()
  },
  'may be asked for twice': async ({ run, running, end }) => {
    await run(() => 1)
    await Promise.all([running.close(), running.close()])
    await running.close()
    await end()
  },
  'refuses what comes after it': async ({ running, submit, endOf, folder }) => {
    await running.close()
    const end = await endOf(submit(countUp, [folder.at('ran')]))
    expect(end.is === 'failed' && end.kind !== 'body', JSON.stringify(end)).toBe(true)
    expect(existsSync(folder.at('ran'))).toBe(false)
    expect(running.load().outstanding).toBe(0)
  },
}

const starting: Cases<Rig> = {
  'may be done by several kernels at once, each with its own reports': async ({ submit, endOf, startAgain }) => {
    const other = await startAgain()
    const [mine, theirs] = [submit(() => 'mine'), other.submit(() => 'theirs')]
    expect(await endOf(mine)).toEqual({ is: 'succeeded', value: 'mine' })
    expect(await other.endOf(theirs)).toEqual({ is: 'succeeded', value: 'theirs' })
    await other.end()
    expect(await endOf(submit(() => 'on'))).toEqual({ is: 'succeeded', value: 'on' })
  },
  'may be done again after the end': async ({ run, end, startAgain }) => {
    await run(() => 1)
    await end()
    const again = await startAgain()
    expect(await again.run(() => 'again')).toEqual({ is: 'succeeded', value: 'again' })
  },
  'changes nothing of the plug-in': async ({ executor, run, end }) => {
    const shown = () => JSON.stringify({ ...executor })
    const before = shown()
    await run(() => 1)
    await end()
    expect(shown()).toBe(before)
    expect(executor.label).toMatch(/^[^/\0]+$/)
  },
}

/** `stop`, `close` and `start`. */
export const endingGroups: readonly Group<Rig>[] = [
  { name: 'stop', cases: stopping },
  { name: 'close', cases: closing },
  { name: 'start', cases: starting },
]
