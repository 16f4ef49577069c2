import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { eventually, isRunning, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { makeKeys } from '../../src/keys.js'
import { intoFrames } from '../../src/wire/envelope.js'
import { connectManager, startInterchange } from './started.js'
import { classOf, resultOf, taskOf } from './world.js'

const hasIPv6 = Object.values(networkInterfaces()).some((faces) => faces?.some(({ address }) => address === '::1'))

describe.each([true, false])('an interchange as a process, encrypted: %s', (isEncrypted) => {
  it('brings tries to managers and their results to the program', async () => {
    await using folder = await scratch()
    const keys = folder.at('keys')
    await makeKeys(keys)
    await using interchange = await startInterchange(folder, { keys: isEncrypted ? keys : null })
    using manager = await connectManager(interchange, isEncrypted ? { keys } : {})
    interchange.say({ type: 'classes', classes: [classOf(0, { parts: ['code'] })] })
    interchange.say({ type: 'tasks', tasks: [1, 2, 3].map((id) => taskOf(id)) })
    await eventually(() => manager.tries().length === 3 && interchange.all('wants').length === 1)
    interchange.say({ type: 'parts', parts: [{ id: 'code', isText: true, content: Buffer.from('() => 1') }] })
    await eventually(() => manager.all('parts').length === 1)
    expect(Buffer.from(manager.all('parts')[0]?.parts[0]?.content ?? []).toString()).toBe('() => 1')
    manager.say({ type: 'starts', starts: [{ id: 1, worker: 'worker 1' }] })
    manager.say({ type: 'results', results: [1, 2, 3].map(resultOf) })
    await eventually(() => interchange.all('results').length > 0)
    const results = interchange.all('results').flatMap((message) => message.results)
    expect(results.map(({ id, payload }) => [id, ...payload])).toEqual([1, 2, 3].map((id) => [id, 1]))
    expect(interchange.all('starts')).toMatchObject([{ host: 'node1', block: '0' }])
    expect(interchange.all('joined')).toHaveLength(1)
    interchange.say({ type: 'end' })
    await eventually(() => manager.all('end').length === 1)
    manager.say({ type: 'bye', why: 'end' })
    expect(await interchange.exitCode()).toBe(0)
  })
})

describe('an interchange as a process', () => {
  it('turns away whoever has not the keys of its run, and says so', async () => {
    await using folder = await scratch()
    await makeKeys(folder.at('keys'))
    await makeKeys(folder.at('other'))
    await using interchange = await startInterchange(folder, { keys: folder.at('keys') })
    const right = JSON.parse(await readFile(folder.at('keys/manager.json'), 'utf8')) as Record<string, unknown>
    const wrong = JSON.parse(await readFile(folder.at('other/manager.json'), 'utf8')) as Record<string, unknown>
    // It knows the interchange's key, and is not admitted by its own.
    const mixed = { own: wrong['own'], serverPublicKey: right['serverPublicKey'] }
    await writeFile(folder.at('other/manager.json'), JSON.stringify(mixed), { mode: 0o600 })
    using stranger = await connectManager(interchange, { keys: folder.at('other'), told: { manager: 'stranger' } })
    using plain = await connectManager(interchange, { told: { manager: 'plain' } })
    await eventually(() => interchange.all('log').some(({ message }) => message.includes('turned away 127.0.0.1')))
    using manager = await connectManager(interchange, { keys: folder.at('keys') })
    await eventually(() => manager.all('welcome').length === 1 && interchange.all('joined').length > 0)
    expect([stranger.got, plain.got]).toEqual([[], []])
    expect(interchange.all('joined')).toHaveLength(1)
  })

  it('lives on, and serves its managers, while a rogue sends garbage', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder)
    using manager = await connectManager(interchange)
    using rogue = await connectManager(interchange, { isSilent: true })
    const forged = intoFrames(
      { session: manager.link.session, seq: 0, ack: 1_000_000 },
      { header: randomBytes(9), body: randomBytes(9) },
    )
    for (let n = 0; n < 2_000; n++) {
      rogue.write([randomBytes(n % 300)])
      rogue.write([Buffer.from([1, 1, 65, ...randomBytes(n % 40)]), randomBytes(n % 50), randomBytes(3)])
      rogue.write(forged)
    }
    rogue.mention({ type: 'probe' })
    await eventually(() => rogue.all('probe').length === 1)
    interchange.write(Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]))
    interchange.say({ type: 'classes', classes: [classOf(0)] })
    interchange.say({ type: 'tasks', tasks: [taskOf(1)] })
    await eventually(() => manager.tries().length === 1)
    manager.say({ type: 'results', results: [resultOf(1)] })
    await eventually(() => interchange.all('results').length === 1)
    const logs = interchange.all('log').map(({ message }) => message)
    expect(logs.filter((message) => message.includes('cannot be read'))).toHaveLength(1)
    expect(interchange.all('left')).toEqual([])
  })

  it('gives up a manager that is silent, with its tries', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder, { heartbeatPeriodMs: 50, heartbeatThresholdMs: 400 })
    using manager = await connectManager(interchange)
    interchange.say({ type: 'classes', classes: [classOf(0)] })
    interchange.say({ type: 'tasks', tasks: [taskOf(1)] })
    await eventually(() => interchange.all('losses').length === 1)
    expect(interchange.all('losses')[0]?.losses).toMatchObject([{ id: 1, cause: 'manager', who: 'm1', host: 'node1' }])
    expect(interchange.all('left')).toMatchObject([{ manager: 'm1' }])
    manager.mention({ type: 'beat', sent: 1 })
    await eventually(() => manager.all('anew').length === 1)
    expect(manager.all('beat').length).toBeGreaterThan(1)
  })

  it('loses nothing when the connection of a manager is replaced by another', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder)
    const first = await connectManager(interchange)
    interchange.say({ type: 'classes', classes: [classOf(0)] })
    interchange.say({ type: 'tasks', tasks: [taskOf(1)] })
    await eventually(() => first.tries().length === 1)
    first[Symbol.dispose]()
    // These go to where nobody is.
    interchange.say({ type: 'tasks', tasks: [taskOf(2), taskOf(3)] })
    interchange.say({ type: 'ask', n: 1, what: 'managers' })
    await eventually(() => interchange.all('answer').length === 1)
    using second = await connectManager(interchange, { isSilent: true, link: first.link })
    second.say({ type: 'results', results: [resultOf(1)] })
    await eventually(() => second.tries().length === 2 && interchange.all('results').length === 1)
    expect(second.tries()).toEqual([2, 3])
    expect([interchange.all('losses'), interchange.all('left')]).toEqual([[], []])
  })

  it('names both wire versions to a manager that speaks another', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder)
    using manager = await connectManager(interchange, { isSilent: true })
    manager.write([Buffer.from([9, 1, 65, 0, 0, 0])])
    await eventually(() => manager.all('refused').length === 1)
    expect(manager.all('refused')).toEqual([{ type: 'refused', why: 'wire version 9, and this side speaks version 1' }])
  })

  it.runIf(hasIPv6)('listens at IPv4 and IPv6 at once where no address is given', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder, { address: null })
    using four = await connectManager(interchange)
    using six = await connectManager(interchange, { host: '::1', told: { manager: 'm6' } })
    await eventually(() => four.all('welcome').length + six.all('welcome').length === 2)
    expect(interchange.all('log')).toMatchObject([
      { level: 'warn', message: expect.stringContaining('nothing is encrypted') as string },
    ])
  })

  it('takes the first free port of a range, and says which one is not free', async () => {
    await using folder = await scratch()
    await using first = await startInterchange(folder)
    const { port } = first
    await using second = await startInterchange(folder, { ports: { from: port, to: port + 20 } })
    expect(second.port).toBeGreaterThan(port)
    await using third = await startInterchange(folder, { ports: port })
    expect(await third.exitCode()).toBe(1)
    const words = `cannot listen at 127.0.0.1: port ${port} in use: choose another port, a range, or any`
    expect(third.stderr()).toContain(words)
    expect(third.all('log')).toMatchObject([{ level: 'error', message: expect.stringContaining(words) as string }])
  })

  it('is told what is wrong with its settings, all of it', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder, { ports: { from: 9, to: 3 }, heartbeatPeriodMs: -1 })
    expect(await interchange.exitCode()).toBe(2)
    expect(interchange.stderr()).toContain(
      "wrong settings: ports must be 'any', a port, or { from, to }, heartbeatPeriodMs must be a number above 0",
    )
  })

  it.each([
    ['its socket', ({ hangUp }: { hangUp: () => void }) => hangUp()],
    ['its pipe', ({ child }: { child: { stdin: { end: () => void } | null } }) => child.stdin?.end()],
    ['sense', ({ write }: { write: (bytes: Uint8Array) => void }) => write(Buffer.alloc(64, 0xff))],
  ])('ends its managers and itself when the program loses %s', async (_what, lose) => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder)
    using manager = await connectManager(interchange)
    await eventually(() => interchange.all('joined').length === 1)
    lose(interchange)
    await eventually(() => manager.all('end').length === 1)
    expect(await interchange.exitCode()).toBe(0)
    expect(isRunning(interchange.child.pid as number)).toBe(false)
  })

  it('writes what it has to say into its file when nobody listens any more', async () => {
    await using folder = await scratch()
    await using interchange = await startInterchange(folder)
    using manager = await connectManager(interchange)
    await eventually(() => manager.all('welcome').length === 1)
    interchange.hangUp()
    await interchange.exitCode()
    expect(await readFile(folder.at('interchange.log'), 'utf8')).toMatch(
      /Z info the interchange ends: the program is gone { managers: 1 }/,
    )
  })
})
