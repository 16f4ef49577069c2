import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type DataFile, inProcessExecutor, output, sh, task, type TaskCancelled } from '../../src/index.js'
import { errorOf, eventually, scratch, testKernel } from '../fixture.js'

const isCancelled = { name: 'TaskCancelled', code: 'PARSL_DATAFLOW_CANCELLED' }

describe('cancel()', () => {
  it('stops a task that waits for its inputs, which then never starts', async () => {
    await using kernel = await testKernel()
    let ran = false
    const never = kernel.jsApp(() => new Promise<number>(() => {}))
    const next = kernel.jsApp((_given: number) => (ran = true), { name: 'next' })
    const future = next(never())
    future.cancel('not needed')
    const error = (await errorOf(future)) as TaskCancelled
    expect(error).toMatchObject({ ...isCancelled, details: { app: 'next', taskId: 1 }, cause: 'not needed' })
    expect(error.message).toBe('task 1 (next) was cancelled: not needed')
    expect([future.state, ran]).toEqual(['cancelled', false])
  })

  it('stops a task that waits for a place, and those behind it come up', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const gate = Promise.withResolvers<void>()
    const ran: number[] = []
    const hold = kernel.jsApp(() => gate.promise)()
    const note = kernel.jsApp((n: number) => void ran.push(n))
    const notes = [note(1), note(2), note(3)]
    await eventually(() => hold.state === 'running')
    notes[1]?.cancel()
    gate.resolve()
    await Promise.allSettled(notes)
    expect(ran).toEqual([1, 3])
    expect(notes.map(({ state }) => state)).toEqual(['execDone', 'cancelled', 'execDone'])
  })

  it('stops a task that was called in this very turn', async () => {
    await using kernel = await testKernel()
    let ran = false
    const future = kernel.jsApp(() => (ran = true))()
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
    expect(ran).toBe(false)
    expect(await kernel.jsApp(() => 'next')()).toBe('next')
  })

  it('gives a running body its signal, and settles when it has ended', async () => {
    await using kernel = await testKernel({ killGrace: '1h' })
    const seen: unknown[] = []
    const ended = Promise.withResolvers<void>()
    const future = kernel.jsApp(async () => {
      const { signal } = task()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      seen.push(signal.reason)
      await ended.promise
      return 'ignored'
    })()
    await eventually(() => future.state === 'running')
    const reason = new Error('enough')
    future.cancel(reason)
    await eventually(() => seen.length > 0)
    expect(future.state).toBe('running')
    ended.resolve()
    const error = await errorOf(future)
    expect(error).toMatchObject({ ...isCancelled, cause: reason })
    expect(seen).toEqual([error])
  })

  it('goes on without a body that does not end within its grace period', async () => {
    await using kernel = await testKernel({ killGrace: '1ms' })
    const future = kernel.jsApp(() => new Promise<never>(() => {}))()
    await eventually(() => future.state === 'running')
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
  })

  it('does not let a body that fails on its signal tell another story', async () => {
    await using kernel = await testKernel({ killGrace: '1h', retries: 3 })
    let tries = 0
    const future = kernel.jsApp(() => {
      tries++
      const { signal } = task()
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    })()
    await eventually(() => future.state === 'running')
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
    expect(tries).toBe(1)
  })

  it('ends the processes of a bash app', async () => {
    await using kernel = await testKernel()
    const future = kernel.bashApp(() => sh`echo $$; exec sleep 1000`)()
    await eventually(() => future.state === 'running')
    const pidOf = async (): Promise<number> => Number(await readFile(future.stdout as string, 'utf8').catch(() => ''))
    let pid = 0
    while (pid === 0) pid = await pidOf()
    future.cancel()
    expect(await errorOf(future)).toMatchObject(isCancelled)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('does nothing to a task that has ended', async () => {
    await using kernel = await testKernel()
    const done = kernel.jsApp(() => 1)()
    const failed = kernel.jsApp(() => Promise.reject(new Error('x')))()
    await Promise.all([done, failed.settled()])
    done.cancel()
    failed.cancel()
    expect(await done).toBe(1)
    expect([done.state, failed.state]).toEqual(['execDone', 'failed'])
  })

  it('counts once, however often it is called', async () => {
    await using kernel = await testKernel()
    const future = kernel.jsApp(() => new Promise<never>(() => {}))()
    await eventually(() => future.state === 'running')
    future.cancel('first')
    future.cancel('second')
    expect((await errorOf(future)).message).toContain('first')
    expect(kernel.taskStateCounts.cancelled).toBe(1)
  })

  it('fails what depends on the task, and its outputs', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    const write = kernel.jsApp((_given: DataFile) => new Promise<string>(() => {}))
    const future = write(output(`${folder.path}/out.txt`))
    const next = kernel.jsApp((text: string) => text)(future)
    future.cancel()
    expect(await errorOf(next)).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: isCancelled })
    expect(await errorOf(future.outputs[0])).toMatchObject(isCancelled)
  })

  it('stops what a join waits for, nested joins and promised files included', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    const started: string[] = []
    const stopped: string[] = []
    const wait = kernel.jsApp(async (name: string, _file?: DataFile) => {
      const { signal } = task()
      started.push(name)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      stopped.push(name)
    })
    const inner = kernel.joinApp(() => ({ deep: [wait('c')] }))
    const future = kernel.joinApp(() => [wait('a'), inner(), wait('b', output(`${folder.path}/b`)).outputs[0]])()
    await eventually(() => started.length === 3 && kernel.taskStateCounts.joining === 2)
    future.cancel('all of it')
    expect((await errorOf(future)).message).toContain('all of it')
    await kernel.waitForCurrentTasks()
    expect(stopped.toSorted()).toEqual(['a', 'b', 'c'])
    expect(kernel.taskStateCounts).toMatchObject({ cancelled: 5, running: 0 })
  })

  it('stops the one future that a join returned', async () => {
    await using kernel = await testKernel()
    const never = kernel.jsApp(() => new Promise<never>(() => {}))
    const future = kernel.joinApp(() => never())()
    await eventually(() => kernel.taskStateCounts.running === 1 && future.state === 'joining')
    future.cancel()
    await errorOf(future)
    await kernel.waitForCurrentTasks()
    expect(kernel.taskStateCounts.cancelled).toBe(2)
  })

  it('may be called by the body on its own future, at once or later', async () => {
    await using kernel = await testKernel({ executors: [inProcessExecutor({ concurrency: 1 })] })
    const futures: { cancel(): void }[] = []
    const atOnce = kernel.jsApp(() => futures[0]?.cancel())
    const later = kernel.jsApp(async () => futures[1]?.cancel())
    const own = [atOnce(), later()]
    futures.push(...own)
    for (const future of own) expect(await errorOf(future)).toMatchObject(isCancelled)
    const after = kernel.jsApp((n: number) => n)
    expect(await Promise.all([after(1), after(2)])).toEqual([1, 2])
  })

  it('takes any reason', async () => {
    await using kernel = await testKernel()
    const never = kernel.jsApp(() => new Promise<never>(() => {}))
    for (const reason of [
      undefined,
      null,
      5,
      Symbol('why'),
      Object.create(null) as object,
      { toString: () => 'mine' },
    ]) {
      const future = never()
      future.cancel(reason)
      expect(await errorOf(future)).toMatchObject(isCancelled)
    }
  })
})
