import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Logger, MonitoringEvent } from '@parsl/interfaces'
import { openLogFile } from '../../src/config/log-file.js'
import { inProcessExecutor } from '../../src/index.js'
import { fakeExecutor } from '../executor/fake.js'
import { testKernel } from '../fixture.js'

afterEach(() => void vi.restoreAllMocks())

const no = (): never => {
  throw new Error('do not look')
}

/** Things to throw that do not let themselves be looked at. */
const UNREADABLE: readonly (readonly [string, () => unknown])[] = [
  [
    'an error with a property that throws',
    () => Object.defineProperty(new Error('x'), 'bad', { enumerable: true, get: no }),
  ],
  ['an error whose message throws', () => Object.defineProperty(new Error('x'), 'message', { get: no })],
  ['an error whose cause throws', () => Object.defineProperty(new Error('x'), 'cause', { get: no })],
  ['a frozen error', () => Object.freeze(new Error('x'))],
  ['a proxy without mercy', () => new Proxy(new Error('x'), { get: no, has: no, ownKeys: no, getPrototypeOf: no })],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      return proxy
    },
  ],
  ['an object without prototype', () => Object.create(null)],
  ['an object whose text throws', () => ({ toString: no, toJSON: no })],
  ['nothing', () => undefined],
]

describe.each(UNREADABLE)('a body that throws %s', (_what, make) => {
  it('costs its own task and what depends on it, and the others nothing', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await using kernel = await testKernel({ log: 'info', monitoring: [{ event: () => {}, close: async () => {} }] })
    const thrown = make()
    const bad = kernel.jsApp(() => {
      throw thrown
    })
    const add = kernel.jsApp((a: number, b: number) => a + b)
    const before = add(1, 2)
    const future = bad()
    const unlooked = bad()
    const dependent = kernel.jsApp((value: unknown) => value)(future)
    const joined = kernel.joinApp(() => [bad()])()
    const after = add(before, 4)
    const settlement = await future.settled()
    expect(settlement.ok).toBe(false)
    expect(!settlement.ok && Object.is(settlement.error, thrown)).toBe(true)
    expect((await dependent.settled()).ok).toBe(false)
    expect((await joined.settled()).ok).toBe(false)
    expect(await after).toBe(7)
    const { counts } = await kernel.close({ wait: true })
    expect(unlooked.state).toBe('failed')
    expect(counts).toMatchObject({ execDone: 2, pending: 0, launched: 0, running: 0, joining: 0 })
    expect(counts.failed + counts.depFail).toBe(5)
    expect(kernel.tasks).toEqual([])
  })
})

describe('a logger that throws', () => {
  it('costs no task', async () => {
    const log: Logger = { debug: no, info: no, warn: no, error: no }
    await using kernel = await testKernel({ log, retryBackoff: { initial: '1ms' }, retries: 1 })
    const bad = kernel.jsApp((): number => {
      throw new Error('boom')
    })
    expect(await bad().settled()).toMatchObject({ ok: false, error: { message: 'boom' } })
    expect(await kernel.jsApp(() => 1)()).toBe(1)
  })
})

describe('an executor whose stop throws', () => {
  it('costs the task that was stopped, and its late report is nothing', async () => {
    const fake = fakeExecutor({ running: { stop: no } })
    const states: string[] = []
    const sink = {
      event: (event: MonitoringEvent) => void (event.type === 'task' && event.taskId === 0 && states.push(event.state)),
      close: async () => {},
    }
    await using kernel = await testKernel({ executors: [fake, inProcessExecutor()], monitoring: [sink] })
    const odd = kernel.jsApp(() => 1, { executors: ['fake'] })()
    const here = { executors: ['inProcess'] }
    const even = kernel.jsApp((value: number) => value, here)(kernel.jsApp(() => 2, here)())
    const attempt = await fake.next()
    odd.cancel()
    expect(await odd.settled()).toMatchObject({ ok: false })
    fake.context.report.succeeded(attempt, 1)
    expect(await even).toBe(2)
    const { counts } = await kernel.close({ wait: true })
    expect(counts).toMatchObject({ execDone: 2, failed: 1, launched: 0 })
    expect(states).toEqual(['pending', 'launched', 'failed'])
    expect(kernel.tasks).toEqual([])
  })
})

describe('the file of a log', () => {
  it('that cannot be written to is named once, and its writer goes on', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const file = openLogFile('/dev/full')
    file.write('a line\n')
    await vi.waitFor(() => expect(said).toHaveBeenCalled())
    file.write('another\n')
    await file.close()
    expect(said.mock.calls.map(([text]) => text)).toEqual([
      expect.stringContaining('the log cannot be written: ENOSPC'),
    ])
  })

  it('holds every line in order, however fast they come', async () => {
    await using kernel = await testKernel({ log: 'info', retries: 0 })
    const path = `${kernel.runDir}/lines.log`
    const file = openLogFile(path)
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'é'.repeat(index % 7)}\n`)
    for (const line of lines) file.write(line)
    await file.close()
    expect(await readFile(path, 'utf8')).toBe(lines.join(''))
  })
})
