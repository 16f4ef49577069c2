import { eventually, type Scratch, scratch } from '@parsl/testing'
import { share } from '@parsl/worker'
import { describe, expect, it } from 'vitest'
import { makeKeys } from '../../src/keys.js'
import { packageVersion } from '../../src/version.js'
import type { WireResult } from '../../src/wire/messages.js'
import { startInterchange, type StartedInterchange } from '../interchange/started.js'
import { startManager } from './manager-process.js'
import { startProxy } from './proxy.js'
import { valueOf, wireApp, type WireApp } from './tasks.js'

const open = (folder: Scratch, keys: string | null): Promise<StartedInterchange> =>
  startInterchange(folder, { keys, parsl: packageVersion(), heartbeatPeriodMs: 100 })

const resultsOf = (interchange: StartedInterchange): WireResult[] =>
  interchange.all('results').flatMap(({ results }) => results)

/** Answers what the interchange asks for, as a program does. */
const supply = (interchange: StartedInterchange, app: WireApp): void =>
  interchange.say({ type: 'parts', parts: app.parts })

const idsOf = (all: readonly { readonly id: number }[]): number[] => all.map(({ id }) => id).toSorted((a, b) => a - b)

describe.each([
  ['processes', true],
  ['threads', true],
  ['processes', false],
] as const)('program, interchange and a manager with %s, encrypted: %s', (kind, isEncrypted) => {
  it('run tasks together, with large values and shared ones', async () => {
    await using folder = await scratch()
    const keys = folder.at('keys')
    await makeKeys(keys)
    await using interchange = await open(folder, isEncrypted ? keys : null)
    const args = ['--worker-kind', kind, '--keys', isEncrypted ? keys : 'none']
    await using manager = startManager(interchange.port, args)
    await using table = share({ bytes: new Uint8Array(300_000).fill(7) })
    const app = wireApp((n: number, { bytes }: { bytes: Uint8Array }) => ({
      n,
      sum: bytes[299_999],
      large: new Uint8Array(200_000).fill(n),
    }))
    const tasks = Array.from({ length: 20 }, (_, n) => app.try(n, table))
    interchange.say({ type: 'classes', classes: [app.cls] })
    supply(interchange, app)
    interchange.say({ type: 'tasks', tasks })
    await eventually(() => resultsOf(interchange).length === 20, {
      guardMs: 20_000,
      state: () => [manager.said(), interchange.heard],
    })
    const values = new Map(resultsOf(interchange).map((result) => [result.id, valueOf(result)]))
    for (const [n, { id }] of tasks.entries())
      expect(values.get(id)).toEqual({ n, sum: 7, large: new Uint8Array(200_000).fill(n) })
    interchange.say({ type: 'end' })
    expect(await manager.ended, manager.said()).toBe(0)
    expect(await interchange.exitCode()).toBe(0)
  })
})

describe('an interchange and a manager', () => {
  it('find together again when their connection breaks, and lose nothing', async () => {
    await using folder = await scratch()
    await using interchange = await open(folder, null)
    await using proxy = await startProxy(interchange.port)
    await using manager = startManager(proxy.port, ['--prefetch', '4'])
    const app = wireApp((n: number) => n)
    const tasks = Array.from({ length: 3_000 }, (_, n) => app.try(n))
    interchange.say({ type: 'classes', classes: [app.cls] })
    supply(interchange, app)
    interchange.say({ type: 'tasks', tasks })
    for (const share of [0.1, 0.3, 0.5, 0.7]) {
      await eventually(() => resultsOf(interchange).length > tasks.length * share, { guardMs: 20_000 })
      const before = proxy.count()
      proxy.cut()
      await eventually(() => proxy.count() > before)
    }
    await eventually(() => resultsOf(interchange).length >= tasks.length, {
      guardMs: 30_000,
      state: () => [manager.said(), resultsOf(interchange).length, interchange.all('left')],
    })
    expect(idsOf(resultsOf(interchange))).toEqual(idsOf(tasks))
    expect([interchange.all('left'), interchange.all('losses')]).toEqual([[], []])
  })

  it('find together again when the manager stood still for longer than the threshold', async () => {
    await using folder = await scratch()
    const times = { heartbeatPeriodMs: 100, heartbeatThresholdMs: 1_000 }
    await using interchange = await startInterchange(folder, { parsl: packageVersion(), ...times })
    await using manager = startManager(interchange.port)
    const slow = wireApp((ms: number) => new Promise((resolve) => setTimeout(resolve, ms, ms)))
    const [first, second] = [slow.try(60_000), slow.try(1)]
    interchange.say({ type: 'classes', classes: [slow.cls] })
    supply(interchange, slow)
    interchange.say({ type: 'tasks', tasks: [first] })
    await eventually(() => interchange.all('starts').length === 1)
    manager.child.kill('SIGSTOP')
    await eventually(() => interchange.all('left').length === 1, { state: () => interchange.heard })
    expect(interchange.all('losses')).toMatchObject([{ losses: [{ id: first.id, cause: 'manager' }] }])
    manager.child.kill('SIGCONT')
    await eventually(() => interchange.all('joined').length === 2, { state: manager.said })
    interchange.say({ type: 'tasks', tasks: [second] })
    await eventually(() => resultsOf(interchange).length === 1, { state: manager.said })
    expect(resultsOf(interchange).map(({ id }) => id)).toEqual([second.id])
  })

  it('part well when the block is to drain', async () => {
    await using folder = await scratch()
    await using interchange = await open(folder, null)
    await using manager = startManager(interchange.port)
    const app = wireApp((ms: number) => new Promise((resolve) => setTimeout(resolve, ms, ms)))
    const task = app.try(300)
    interchange.say({ type: 'classes', classes: [app.cls] })
    supply(interchange, app)
    interchange.say({ type: 'tasks', tasks: [task] })
    await eventually(() => interchange.all('starts').length === 1)
    interchange.say({ type: 'hold', blocks: ['7'], drain: true })
    expect(await manager.ended, manager.said()).toBe(0)
    await eventually(() => interchange.all('left').length === 1)
    expect(resultsOf(interchange).map(valueOf)).toEqual([300])
    expect(interchange.all('losses')).toEqual([])
  })

  it('refuse each other by their versions, with both in words', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder, { parsl: '9.9.9' })
    await using manager = startManager(interchange.port)
    expect(await manager.ended).toBe(3)
    expect(manager.said()).toMatch(`it runs @parsl ${packageVersion()}, and this interchange 9.9.9`)
  })

  it('with keys of another run do not meet, and the manager says so', async () => {
    await using folder = await scratch()
    await makeKeys(folder.at('keys'))
    await makeKeys(folder.at('others'))
    await using interchange = await open(folder, folder.at('keys'))
    await using other = startManager(interchange.port, ['--keys', folder.at('others'), '--probe-timeout', '2'])
    await using none = startManager(interchange.port, ['--probe-timeout', '2'])
    expect([await other.ended, await none.ended]).toEqual([4, 4])
    expect(other.said()).toMatch(/no address of the interchange answers:\n {2}127\.0\.0\.1: /)
    expect(none.said()).toMatch('is one side encrypted and the other not?')
  })
})
