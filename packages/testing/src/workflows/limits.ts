import { appendFileSync, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type AppFuture, sh } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { eventually } from '../eventually.js'
import { isRunning } from '../processes.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { countUp, never, opened, untilAborted } from '../bodies.js'

const GUARD = { guardMs: 60_000 }
const running = (future: AppFuture<unknown>): Promise<void> =>
  eventually(() => future.state === 'running', { ...GUARD, state: () => future.state })
const thereIs = (path: string): Promise<void> => eventually(() => existsSync(path), { ...GUARD, state: () => path })

const limits: Cases<Bench> = {
  'end a body by its walltime, which its signal hears of': async ({ parsl, folder }) => {
    const app = parsl.jsApp(untilAborted, { walltime: '200ms', name: 'slow' })
    expect(await errorOf(app(folder.at('runs')))).toMatchObject({
      name: 'AppTimeout',
      code: 'PARSL_APP_TIMEOUT',
      details: { app: 'slow', limit: 'walltime', limitMs: 200 },
    })
    expect(existsSync(folder.at('runs.told'))).toBe(true)
  },
  'end a body that does not hear, after the grace period': async ({ parsl, folder }) => {
    const app = parsl.jsApp(never, { walltime: '100ms' })
    expect(await errorOf(app(folder.at('runs')))).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
  },
  'leave a body alone that is quicker': async ({ parsl }) => {
    expect(await parsl.jsApp(async () => 'done', { walltime: '1h', timeout: '1h' })()).toBe('done')
  },
  'count walltime from the start of the body': async ({ parsl }) => {
    const first = parsl.jsApp((ms: number) => pause(ms, 'slow'))(500)
    const second = parsl.jsApp(async (word: string) => word, { walltime: '200ms' })(first)
    expect(await second).toBe('slow')
  },
  'count walltime anew for each try': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      async (path: string) => {
        if (countUp(path) === 1) await untilAborted(`${path}.first`)
        return 'second try'
      },
      { walltime: '500ms', retries: 1 },
    )
    expect(await app(folder.at('tries'))).toBe('second try')
  },
  'end a waiting task by its timeout, and it never starts': async ({ parsl, folder }) => {
    const first = parsl.jsApp(opened)(folder.at('gate'))
    const app = parsl.jsApp((_input: string, path: string) => countUp(path), { timeout: '100ms', retries: 5 })
    expect(await errorOf(app(first, folder.at('tries')))).toMatchObject({
      code: 'PARSL_APP_TIMEOUT',
      details: { limit: 'timeout' },
    })
    await folder.fill('gate')
    await first
    expect(existsSync(folder.at('tries'))).toBe(false)
  },
  'end a running task by its timeout, without another try': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      async (path: string) => {
        countUp(path)
        await untilAborted(`${path}.runs`)
      },
      { timeout: '1s', retries: 5 },
    )
    expect(await errorOf(app(folder.at('tries')))).toMatchObject({
      code: 'PARSL_APP_TIMEOUT',
      details: { limit: 'timeout' },
    })
    expect(countUp(folder.at('tries'))).toBeLessThanOrEqual(2)
  },
  'end a command by its walltime, and what it started': async ({ parsl, folder }) => {
    const app = parsl.bashApp((pid: string) => sh`(echo $BASHPID > ${pid}; exec sleep 1000) & wait`, { walltime: '1s' })
    expect(await errorOf(app(folder.at('pid')))).toMatchObject({ code: 'PARSL_APP_TIMEOUT' })
    const pid = Number(await readFile(folder.at('pid'), 'utf8'))
    expect(isRunning(pid)).toBe(false)
  },
}

const isCancelled = { name: 'TaskCancelled', code: 'PARSL_DATAFLOW_CANCELLED' }

const cancelling: Cases<Bench> = {
  'stops a task that waits for its inputs, which then never starts': async ({ parsl, folder }) => {
    const first = parsl.jsApp(opened)(folder.at('gate'))
    const future = parsl.jsApp((_input: string, path: string) => countUp(path))(first, folder.at('tries'))
    future.cancel('nobody needs it')
    const error = await errorOf(future)
    expect(error).toMatchObject(isCancelled)
    expect(error.message).toContain('nobody needs it')
    await folder.fill('gate')
    await first
    expect(existsSync(folder.at('tries'))).toBe(false)
  },
  'takes a queued task out of the queue': async ({ parsl, folder, fill }) => {
    const release = await fill()
    const future = parsl.jsApp(countUp)(folder.at('tries'))
    const other = parsl.jsApp((n: number) => n)(1)
    await eventually(() => future.state === 'launched' && other.state === 'launched', GUARD)
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
    await release()
    expect(await other).toBe(1)
    expect(existsSync(folder.at('tries'))).toBe(false)
  },
  'gives a running body its signal': async ({ parsl, folder }) => {
    const future = parsl.jsApp(untilAborted, { retries: 3 })(folder.at('runs'))
    await thereIs(folder.at('runs'))
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
    expect(existsSync(folder.at('runs.told'))).toBe(true)
    expect(future.state).toBe('cancelled')
  },
  'ends a body that does not hear, after the grace period': async ({ parsl, folder }) => {
    const future = parsl.jsApp(never)(folder.at('runs'))
    await thereIs(folder.at('runs'))
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
    expect(await parsl.jsApp(() => 'next')()).toBe('next')
  },
  'ends the processes of a command': async ({ parsl }) => {
    const future = parsl.bashApp(() => 'sleep 1000')()
    await running(future)
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
  },
  'by a signal stops every task that has it': async ({ parsl, folder }) => {
    const controller = new AbortController()
    const app = parsl.jsApp(untilAborted, { signal: controller.signal })
    const first = app(folder.at('one'))
    const second = parsl.jsApp((_input: unknown) => 1, { signal: controller.signal })(first)
    await thereIs(folder.at('one'))
    const reason = new Error('the user left')
    controller.abort(reason)
    for (const future of [first, second]) expect(await errorOf(future)).toMatchObject({ ...isCancelled, cause: reason })
  },
  'does nothing to a task that has ended': async ({ parsl }) => {
    const future = parsl.jsApp(() => 1)()
    await future
    future.cancel()
    expect([await future, future.state]).toEqual([1, 'execDone'])
  },
  'fails what depends on the task': async ({ parsl, folder }) => {
    const future = parsl.jsApp(untilAborted)(folder.at('runs'))
    const next = parsl.jsApp((_input: unknown) => 1)(future)
    await running(future)
    future.cancel()
    expect(await errorOf(next)).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: isCancelled })
  },
}

const priorities: Cases<Bench> = {
  'start smaller ones first, equal ones in order, tasks without one last': async ({ parsl, folder, fill }) => {
    const release = await fill()
    const order = folder.at('order')
    const note = parsl.jsApp((path: string, word: string) => appendFileSync(path, `${word}\n`))
    const at = (priority: number | undefined, word: string) =>
      (priority === undefined ? note : note.with({ priority }))(order, word)
    const futures = [at(undefined, 'z1'), at(5, 'd1'), at(0, 'b1'), at(-3, 'a'), at(5, 'd2'), at(undefined, 'z2')]
    futures.push(at(0.5, 'c'), at(0, 'b2'))
    await eventually(() => futures.every(({ state }) => state === 'launched'), GUARD)
    // One place alone, so that one runs after the other.
    await release(1)
    await Promise.all(futures)
    await release()
    expect((await readFile(order, 'utf8')).trim().split('\n')).toEqual(['a', 'b1', 'b2', 'c', 'd1', 'd2', 'z1', 'z2'])
  },
}

/** Time limits, cancelling, priorities. */
export const limitGroups: readonly Group<Bench>[] = [
  { name: 'limits', cases: limits },
  { name: 'cancelling', cases: cancelling },
  { name: 'priorities', when: (capabilities) => capabilities.priorities, cases: priorities },
]
