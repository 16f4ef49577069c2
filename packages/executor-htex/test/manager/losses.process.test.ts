import { eventually, isRunning } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { giveTo, isRegistered, lossesOf, resultsOf, startedIds } from './given.js'
import { startManager } from './manager-process.js'
import { playInterchange } from './played-interchange.js'
import { errorIn, valueOf, wireApp } from './tasks.js'

const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1_000))

describe('a manager whose worker ends under a try', () => {
  it('tells that the try is lost, by what, and runs the next one in another', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--max-workers-per-node', '1'])
    await eventually(() => isRegistered(interchange))
    const killed = wireApp(() => process.kill(process.pid, 'SIGKILL'))
    const next = wireApp(() => process.env['PARSL_WORKER_RANK'])
    const [first, second] = [killed.try(), next.try()]
    giveTo(interchange, killed, first)
    giveTo(interchange, next, second)
    await eventually(() => resultsOf(interchange).length === 1, { state: manager.said })
    expect(lossesOf(interchange)).toMatchObject([
      { id: first.id, cause: 'worker', block: '7', exitCode: null, signal: 'SIGKILL' },
    ])
    expect(lossesOf(interchange)[0]?.who).toMatch(/^worker 0, process \d+$/)
    expect(resultsOf(interchange).map((result) => [result.id, valueOf(result)])).toEqual([[second.id, '0']])
  })

  it('tells the exit code where the body ended its worker, and that it ran out of memory', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const exits = wireApp(() => process.exit(3))
    const grows = wireApp(
      () => {
        const all: unknown[] = []
        for (;;) all.push(Array.from({ length: 1_000 }, (_, i) => ({ i })))
      },
      { heapMb: 32 },
    )
    const [first, second] = [exits.try(), grows.try()]
    giveTo(interchange, exits, first)
    giveTo(interchange, grows, second)
    await eventually(() => lossesOf(interchange).length === 2, { state: manager.said, guardMs: 40_000 })
    const byId = new Map(lossesOf(interchange).map((loss) => [loss.id, loss]))
    expect(byId.get(first.id)).toMatchObject({ cause: 'exit', exitCode: 3 })
    expect(byId.get(second.id)).toMatchObject({ cause: 'memory' })
  })

  it('loses with the process of its threads what ran in them, and goes on in another', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--worker-kind', 'threads', '--max-workers-per-node', '1'])
    await eventually(() => isRegistered(interchange))
    const killed = wireApp(() => process.kill(process.pid, 'SIGKILL'))
    const next = wireApp(() => 'next')
    const [first, second] = [killed.try(), next.try()]
    giveTo(interchange, killed, first)
    giveTo(interchange, next, second)
    await eventually(() => resultsOf(interchange).length === 1, { state: manager.said })
    expect(lossesOf(interchange)).toMatchObject([{ id: first.id, cause: 'worker', signal: 'SIGKILL' }])
    expect(resultsOf(interchange).map((result) => [result.id, valueOf(result)])).toEqual([[second.id, 'next']])
  })

  it('gives up, and says why, where no worker can be started', async () => {
    await using interchange = await playInterchange()
    // Less than Node itself takes.
    await using manager = startManager(interchange.port, ['--mem-per-worker', '1MiB'])
    expect(await manager.ended, manager.said()).toBe(1)
    expect(manager.said()).toMatch(/no worker can be started: worker \d+, process \d+ ended/)
    expect(interchange.all('bye')).toMatchObject([{ why: expect.stringMatching('no worker can be started') as string }])
  })
})

describe('a try that is to stop', () => {
  it('is asked to, and tells that it was stopped; its worker is replaced where it does not listen', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--max-workers-per-node', '1'])
    await eventually(() => isRegistered(interchange))
    const deaf = wireApp(
      () => {
        for (;;);
      },
      { graceMs: 100 },
    )
    const next = wireApp(() => 'next')
    const [first, second] = [deaf.try(), next.try()]
    giveTo(interchange, deaf, first)
    giveTo(interchange, next, second)
    await eventually(() => startedIds(interchange).includes(first.id))
    interchange.say({ type: 'stop', id: first.id, reason: 'enough' })
    await eventually(() => resultsOf(interchange).length === 2, { state: manager.said })
    expect(resultsOf(interchange)).toMatchObject([
      { id: first.id, ok: false, kind: 'stopped' },
      { id: second.id, ok: true },
    ])
    expect(lossesOf(interchange)).toEqual([])
  })

  it('and waits for its parts is stopped at once', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const app = wireApp(() => 1)
    const task = app.try()
    interchange.say({ type: 'classes', classes: [app.cls] })
    interchange.say({ type: 'tasks', tasks: [task] })
    await eventually(() => interchange.all('wants').length === 1, { state: manager.said })
    interchange.say({ type: 'stop', id: task.id, reason: 'enough' })
    await eventually(() => resultsOf(interchange).length === 1)
    const [result] = resultsOf(interchange)
    expect(result).toMatchObject({ id: task.id, ok: false, kind: 'stopped' })
    expect(await errorIn(result as NonNullable<typeof result>)).toMatchObject({ name: 'AbortError', message: 'enough' })
  })

  it('by its walltime fails as the body does not listen', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const deaf = wireApp(
      () => {
        for (;;);
      },
      { graceMs: 50, walltimeMs: 50 },
    )
    giveTo(interchange, deaf, deaf.try())
    await eventually(() => resultsOf(interchange).length === 1, { state: manager.said })
    const [result] = resultsOf(interchange)
    expect(result).toMatchObject({ ok: false, kind: 'body' })
    expect(await errorIn(result as NonNullable<typeof result>)).toMatchObject({ name: 'AppTimeout' })
  })
})

describe('a manager that is killed', () => {
  it.each(['processes', 'threads'])('leaves none of its %s, even those that compute without pause', async (kind) => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--worker-kind', kind])
    await eventually(() => isRegistered(interchange))
    const busy = wireApp(() => {
      for (;;);
    })
    const command = wireApp(() => 'sleep 1000', { kind: 'bash' })
    giveTo(interchange, busy, busy.try())
    giveTo(interchange, command, command.try())
    const sleeps = () => manager.workers().some(({ command: line }) => line.includes('sleep 1000'))
    await eventually(() => startedIds(interchange).length === 2 && sleeps(), { state: manager.said })
    const pids = manager.workers().map(({ pid }) => pid)
    expect(pids.length).toBeGreaterThan(1)
    manager.child.kill('SIGKILL')
    expect(await manager.ended).toBe('SIGKILL')
    await eventually(() => !pids.some(isRunning) && manager.workers().length === 0, { state: manager.workers })
  })

  it.each(['processes', 'threads'])('by SIGTERM ends its %s, says what is lost, and goodbye', async (kind) => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--worker-kind', kind])
    await eventually(() => isRegistered(interchange))
    const app = wireApp(forever)
    const tasks = [app.try(), app.try(), app.try()]
    giveTo(interchange, app, ...tasks)
    await eventually(() => startedIds(interchange).length === 2)
    manager.child.kill('SIGTERM')
    expect(await manager.ended).toBe(143)
    expect(
      lossesOf(interchange)
        .map(({ id }) => id)
        .toSorted((a, b) => a - b),
    ).toEqual(tasks.map(({ id }) => id))
    for (const { cause, evidence } of lossesOf(interchange))
      expect([cause, evidence]).toEqual(['manager', expect.stringContaining('SIGTERM')])
    expect(interchange.all('bye')).toEqual([{ type: 'bye', why: 'the manager got SIGTERM' }])
    await eventually(() => manager.workers().length === 0)
  })
})
