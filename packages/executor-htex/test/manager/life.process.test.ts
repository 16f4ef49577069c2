import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { eventually, isRunning, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { giveTo, isRegistered, lossesOf, resultsOf, startedIds } from './given.js'
import { startManager } from './manager-process.js'
import { playInterchange } from './played-interchange.js'
import { startProxy } from './proxy.js'
import { valueOf, wireApp } from './tasks.js'

const idsOf = (all: readonly { readonly id: number }[]): number[] => all.map(({ id }) => id).toSorted((a, b) => a - b)

describe('a manager', () => {
  it('that is refused ends with the reason', async () => {
    await using interchange = await playInterchange({ answer: { type: 'refused', why: 'it runs @parsl 9' } })
    await using manager = startManager(interchange.port)
    expect(await manager.ended).toBe(3)
    expect(manager.said()).toMatch('the interchange refused this manager: it runs @parsl 9')
  })

  it('that hears nothing any more ends its workers and itself', async () => {
    const answer = { type: 'welcome', heartbeatPeriodMs: 50, heartbeatThresholdMs: 500 } as const
    await using interchange = await playInterchange({ answer })
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const busy = wireApp(() => {
      for (;;);
    })
    giveTo(interchange, busy, busy.try())
    await eventually(() => startedIds(interchange).length === 1)
    const pids = manager.workers().map(({ pid }) => pid)
    interchange.fallSilent()
    expect(await manager.ended).toBe(5)
    expect(manager.said()).toMatch(/nothing was heard of the interchange for \d+ s/)
    await eventually(() => !pids.some(isRunning))
  })

  it('that drains takes its tries to their ends, says goodbye, and ends well', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const app = wireApp((ms: number) => new Promise((resolve) => setTimeout(resolve, ms, ms)))
    const tasks = [1, 2, 3, 4, 5, 300].map((ms) => app.try(ms))
    giveTo(interchange, app, ...tasks)
    await eventually(() => startedIds(interchange).length > 0)
    interchange.say({ type: 'drain' })
    expect(await manager.ended, manager.said()).toBe(0)
    expect(idsOf(resultsOf(interchange))).toEqual(idsOf(tasks))
    expect(interchange.all('draining')).toHaveLength(1)
    expect(interchange.heard.at(-1)).toMatchObject({ type: 'bye' })
    expect(lossesOf(interchange)).toEqual([])
  })

  it('drains by itself when its period is over', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--drain-period', '200ms'])
    expect(await manager.ended, manager.said()).toBe(0)
    expect(interchange.all('draining')).toMatchObject([{ why: 'its time to drain has come' }])
  })

  it('ends before its block does, and says what it could not finish', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, [
      '--walltime',
      '2s',
      '--end-margin',
      '1s',
      '--kill-grace',
      '0',
    ])
    await eventually(() => isRegistered(interchange))
    const app = wireApp(() => new Promise(() => setInterval(() => {}, 1_000)))
    const task = app.try()
    giveTo(interchange, app, task)
    expect(await manager.ended, manager.said()).toBe(0)
    expect(interchange.all('draining')).toMatchObject([{ why: "its block's time is nearly up" }])
    expect(lossesOf(interchange)).toMatchObject([{ id: task.id, cause: 'manager' }])
    expect(lossesOf(interchange)[0]?.evidence).toMatch("its block's time is up")
  })

  it('ends with the process that started it, where it is told to', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--watch-parent'])
    await eventually(() => isRegistered(interchange))
    // A shell between us and another manager, which ends.
    const shell = spawn('sh', ['-c', `"$@" & sleep 1000`, 'sh', ...manager.child.spawnargs.map(renamed)], {
      env: { ...process.env, PARSL_CORES: '2' },
      stdio: 'ignore',
      detached: true,
    })
    await eventually(() => interchange.all('register').length === 2)
    const [, second] = interchange.all('register')
    const pid = second?.registration.pid ?? 0
    expect(isRunning(pid)).toBe(true)
    shell.kill('SIGKILL')
    await once(shell, 'exit')
    await eventually(() => !isRunning(pid))
    process.kill(-(shell.pid as number), 'SIGKILL')
  })

  it('tells workers who and where they are', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const app = wireApp(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      const { env } = process
      return ['RANK', 'COUNT', 'POOL_ID', 'BLOCK_ID'].map((name) => env[`PARSL_WORKER_${name}`])
    })
    giveTo(interchange, app, ...Array.from({ length: 20 }, () => app.try()))
    await eventually(() => resultsOf(interchange).length === 20, { state: manager.said })
    const seen = new Set(resultsOf(interchange).map((result) => JSON.stringify(valueOf(result))))
    expect([...seen].toSorted()).toEqual(['0', '1'].map((rank) => JSON.stringify([rank, '2', manager.uid, '7'])))
  })

  it('asks for parts that it was not sent, or has forgotten', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--keep', '1'])
    await eventually(() => isRegistered(interchange), { state: manager.said })
    const app = wireApp((n: number) => n)
    const [first, second] = [app.try(1), app.try(2)]
    const wanted = () => interchange.all('wants').flatMap(({ parts }) => parts)
    interchange.say({ type: 'classes', classes: [app.cls] })
    interchange.say({ type: 'tasks', tasks: [first] })
    await eventually(() => wanted().length > 0)
    expect(wanted().toSorted()).toEqual([...first.parts].toSorted())
    interchange.say({ type: 'parts', parts: app.parts })
    await eventually(() => resultsOf(interchange).length === 1)
    // Nothing needed them any more, and there was no room to keep them.
    interchange.say({ type: 'tasks', tasks: [second] })
    await eventually(() => wanted().length > first.parts.length)
    interchange.say({ type: 'parts', parts: app.parts })
    await eventually(() => resultsOf(interchange).length === 2)
    expect(resultsOf(interchange).map(valueOf)).toEqual([1, 2])
  })
})

/** Another manager needs another name. */
const renamed = (word: string, at: number, all: readonly string[]): string =>
  all[at - 1] === '--uid' ? `${word}-second` : word

describe('a manager and its interchange', () => {
  it('lose nothing and say nothing twice while their connection breaks again and again', async () => {
    await using interchange = await playInterchange()
    await using proxy = await startProxy(interchange.port)
    await using manager = startManager(proxy.port)
    await eventually(() => isRegistered(interchange))
    const app = wireApp((n: number) => n)
    const tasks = Array.from({ length: 2_000 }, (_, n) => app.try(n))
    giveTo(interchange, app)
    for (let at = 0; at < tasks.length; at += 100) {
      interchange.say({ type: 'tasks', tasks: tasks.slice(at, at + 100) })
      if (at % 400 !== 0) continue
      const before = proxy.count()
      await eventually(() => resultsOf(interchange).length > at / 2)
      proxy.cut()
      await eventually(() => proxy.count() > before)
    }
    await eventually(() => resultsOf(interchange).length >= tasks.length, {
      guardMs: 30_000,
      state: () => [manager.said(), resultsOf(interchange).length],
    })
    expect(idsOf(resultsOf(interchange))).toEqual(idsOf(tasks))
    expect(new Set(startedIds(interchange)).size).toBe(startedIds(interchange).length)
    expect(interchange.all('register')).toHaveLength(1)
  })

  it('that has forgotten it find together again, and it names what it holds', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port)
    await eventually(() => isRegistered(interchange))
    const slow = wireApp(() => new Promise((resolve) => setTimeout(resolve, 1_000, 'slow')))
    const task = slow.try()
    giveTo(interchange, slow, task)
    await eventually(() => startedIds(interchange).length === 1)
    interchange.forget()
    await eventually(() => interchange.all('register').length === 2)
    expect(interchange.all('register')[1]?.registration).toMatchObject({ manager: manager.uid, holds: [task.id] })
    await eventually(() => resultsOf(interchange).length === 1)
    expect(resultsOf(interchange).map(valueOf)).toEqual(['slow'])
  })
})

describe('a log', () => {
  it('of a manager lies in its own folder', async () => {
    await using folder = await scratch()
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--logdir', folder.path, '--drain-period', '0'])
    expect(await manager.ended).toBe(0)
    const lines = (await readFile(folder.at(`${manager.uid}/manager.log`), 'utf8')).trim().split('\n')
    const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message)
    expect(messages).toEqual(
      expect.arrayContaining(['the manager has started', 'registered', 'the manager drains', 'the manager ends']),
    )
    expect(manager.said()).toBe('')
  })

  it('that cannot be written is said before anything else', async () => {
    await using folder = await scratch()
    await folder.fill('file')
    await using manager = startManager(1, ['--logdir', folder.at('file')])
    expect(await manager.ended).toBe(2)
    expect(manager.said()).toMatch('manager.logdir must be a folder that can be written: ')
  })
})
