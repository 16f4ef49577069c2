import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { task } from '../../src/index.js'
import { logSpy, testKernel, thrownBy } from '../fixture.js'

describe('task()', () => {
  it('tells a body about its own task', async () => {
    await using kernel = await testKernel()
    const look = kernel.jsApp(() => {
      const { id, app, attempt, deadline, resources, signal } = task()
      return { id, app, attempt, deadline, resources, aborted: signal.aborted }
    })
    const named = look.with({ name: 'look' })
    const seen = { app: 'look', attempt: 0, deadline: undefined, resources: {}, aborted: false }
    expect(await named()).toEqual({ ...seen, id: 0 })
    expect(await named()).toEqual({ ...seen, id: 1 })
  })

  it('is each bodys own, across awaits, timers and helpers', async () => {
    await using kernel = await testKernel()
    const helper = () => task().id
    const look = kernel.jsApp(async () => {
      const ids = [helper()]
      await nextTurn()
      ids.push(helper())
      await Promise.all([nextTurn(), Promise.resolve()])
      ids.push(await new Promise<number>((resolve) => setImmediate(() => resolve(helper()))))
      return ids
    })
    const all = await Promise.all(Array.from({ length: 20 }, () => look()))
    expect(all).toEqual(all.map((_, id) => [id, id, id]))
  })

  it('is each bodys own where bodies end at once', async () => {
    await using kernel = await testKernel()
    const ids: number[] = []
    const look = kernel.jsApp(() => task().id)
    const fail = kernel.jsApp(() => {
      ids.push(task().id)
      throw new Error('x')
    })
    const futures = Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? look() : fail()))
    const ends = await Promise.all(futures.map((future) => future.settled()))
    expect(ends.map((end) => (end.ok ? end.value : 'failed'))).toEqual([0, 'failed', 2, 'failed', 4, 'failed'])
    expect(ids).toEqual([1, 3, 5])
  })

  it('is that of the inner body where bodies nest', async () => {
    await using kernel = await testKernel()
    const inner = kernel.jsApp(async () => task().app, { name: 'inner' })
    const outer = kernel.jsApp(async () => [task().app, await inner(), task().app], { name: 'outer' })
    expect(await outer()).toEqual(['outer', 'inner', 'outer'])
  })

  it('is there in joins, bash bodies and generators', async () => {
    await using kernel = await testKernel()
    const names: string[] = []
    const note = () => void names.push(task().app)
    const generator = kernel.jsApp(
      function* () {
        yield note()
        yield note()
      },
      { name: 'generator' },
    )
    await generator()
    await kernel.joinApp(() => [note()], { name: 'join' })()
    const command = () => {
      note()
      return 'true'
    }
    await kernel.bashApp(command, { name: 'bash' })()
    expect(names).toEqual(['generator', 'generator', 'join', 'bash'])
  })

  it('counts tries', async () => {
    await using kernel = await testKernel({ retries: 2 })
    const attempts: number[] = []
    const fail = kernel.jsApp(() => {
      attempts.push(task().attempt)
      throw new Error('again')
    })
    await fail().settled()
    expect(attempts).toEqual([0, 1, 2])
  })

  it('logs where the kernel logs, with the task', async () => {
    const log = logSpy()
    await using kernel = await testKernel({ log })
    await kernel.jsApp(() => task().log.info({ fact: 1 }, 'from the body'))()
    const facts = { fact: 1, task: 0, attempt: 0, app: expect.any(String) as string }
    expect(log.info).toHaveBeenCalledWith(facts, 'from the body')
  })

  it('is refused outside a body, before, beside and after', async () => {
    await using kernel = await testKernel()
    expect(thrownBy(task)).toMatchObject({ name: 'NotInTask', code: 'PARSL_APP_NO_TASK' })
    const done = kernel.jsApp(() => 1)()
    expect(await done.then(() => thrownBy(task).code)).toBe('PARSL_APP_NO_TASK')
  })
})
