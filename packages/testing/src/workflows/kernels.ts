import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { task } from '@parsl/core'
import type { Logger } from '@parsl/interfaces'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { eventually } from '../eventually.js'
import { processesWith } from '../processes.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { countUp, opened, untilAborted } from '../bodies.js'

const GUARD = { guardMs: 60_000 }

/** A logger that remembers the facts and sentences it was told. */
const logOf = (lines: { readonly facts: object; readonly message: string }[]): Logger => {
  const hear = (facts: object, message: string): void => void lines.push({ facts, message })
  return { debug: hear, info: hear, warn: hear, error: hear }
}

const context: Cases<Bench> = {
  'tells a body about its own task': async ({ parsl }) => {
    const look = parsl.jsApp(
      () => {
        const { id, app, attempt, deadline, resources, signal } = task()
        return { id, app, attempt, deadline, resources, aborted: signal.aborted }
      },
      { name: 'look' },
    )
    const future = look()
    const seen = { app: 'look', attempt: 0, deadline: undefined, resources: {}, aborted: false }
    expect(await future).toEqual({ ...seen, id: future.taskId })
  },
  'is each bodys own, across awaits': async ({ parsl }) => {
    const look = parsl.jsApp(async () => {
      const before = task().id
      await new Promise((resolve) => setImmediate(resolve))
      return [before, task().id]
    })
    const futures = Array.from({ length: 20 }, () => look())
    expect(await Promise.all(futures)).toEqual(futures.map(({ taskId }) => [taskId, taskId]))
  },
  'counts tries': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      (path: string) => {
        if (countUp(path) < 3) throw new Error('again')
        return task().attempt
      },
      { retries: 5 },
    )
    expect(await app(folder.at('tries'))).toBe(2)
  },
  'tells when the walltime ends': async ({ parsl }) => {
    const look = parsl.jsApp(() => [Date.now(), Number(task().deadline)] as const, { walltime: '1h' })
    const [now, deadline] = await look()
    expect(Math.abs(deadline - now - 3_600_000)).toBeLessThan(60_000)
  },
  'logs where the kernel logs, with the task': async ({ start }) => {
    const lines: { facts: object; message: string }[] = []
    const kernel = await start({ log: logOf(lines) })
    const future = kernel.jsApp(() => task().log.info({ fact: 1 }, 'from the body'), { name: 'talk' })()
    await future
    await eventually(() => lines.some(({ message }) => message === 'from the body'), { ...GUARD, state: () => lines })
    expect(lines.find(({ message }) => message === 'from the body')?.facts).toMatchObject({
      fact: 1,
      task: future.taskId,
      app: 'talk',
      attempt: 0,
    })
  },
}

const kernels: Cases<Bench> = {
  'wait for the tasks of now, well or not': async ({ start, folder }) => {
    const kernel = await start()
    const first = kernel.jsApp(opened)(folder.at('gate'))
    const failed = kernel.jsApp((_input: string) => Promise.reject(new Error('x')))(first)
    const waited = kernel.waitForCurrentTasks()
    expect(await kernel.waitForCurrentTasks({ timeout: '10ms' })).toBe(false)
    await folder.fill('gate')
    expect(await waited).toBe(true)
    expect([first.state, failed.state]).toEqual(['execDone', 'failed'])
    await failed.settled()
  },
  'forget tasks that have ended, unless they are told to keep them': async ({ start, folder }) => {
    const forgets = await start()
    const future = forgets.jsApp(opened, { name: 'held' })(folder.at('gate'))
    expect(forgets.tasks.map(({ app }) => app)).toEqual(['held'])
    await folder.fill('gate')
    await future
    expect(forgets.tasks).toEqual([])
    const keeps = await start({ garbageCollect: false })
    await keeps.jsApp(() => 1, { name: 'kept' })()
    expect(keeps.tasks.map(({ app }) => app)).toEqual(['kept'])
  },
  'stop what has not ended when they close': async ({ start, folder }) => {
    const kernel = await start()
    const running = kernel.jsApp(untilAborted)(folder.at('runs'))
    const waiting = kernel.jsApp((_input: unknown) => 1)(running)
    await eventually(() => running.state === 'running', GUARD)
    const ends = [errorOf(running), errorOf(waiting)]
    await kernel.close()
    for (const error of await Promise.all(ends)) expect(error).toMatchObject({ code: 'PARSL_DATAFLOW_CANCELLED' })
  },
  'share executors, and close apart': async ({ start }) => {
    const [one, two] = [await start(), await start()]
    const ids = [one, two].map((kernel) => kernel.jsApp(() => task().id)())
    expect(await Promise.all(ids)).toEqual([0, 0])
    await one.close()
    expect(await two.jsApp(() => 'goes on')()).toBe('goes on')
  },
  'start again with the same configuration, run directories removed or not': async ({ start }) => {
    for (const remove of [false, true, false]) {
      const kernel = await start()
      expect(await kernel.jsApp((n: number) => n + 1)(1)).toBe(2)
      await kernel.close()
      if (remove) await rm(kernel.runDir, { recursive: true })
    }
  },
  'leave no process behind': async ({ start, folder }) => {
    const kernel = await start()
    const command = kernel.bashApp((path: string) => `touch ${path}; sleep 1000 & setsid sleep 1000 & wait`)
    const future = command(folder.at('command'))
    await eventually(() => existsSync(folder.at('command')), { ...GUARD, state: () => future.state })
    const end = future.settled()
    await kernel.close()
    await end
    const left = () => processesWith(`PARSL_RUN=${kernel.runId}`)
    await eventually(() => left().length === 0, { ...GUARD, state: left })
  },
}

/** What bodies know of their task, and kernels on one executor. */
export const kernelGroups: readonly Group<Bench>[] = [
  { name: 'task()', cases: context },
  { name: 'kernels', cases: kernels },
]
