import { existsSync, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Config, dataFlowKernel, type DataFlowKernel, isParslError } from '@parsl/core'
import { eventually, processesWith, scratch, type Scratch } from '@parsl/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { highThroughputExecutor, type HighThroughputExecutor, type HighThroughputOptions } from '../../src/index.ts'

const GUARD = { guardMs: 40_000 }

let folder: Scratch
let executor: HighThroughputExecutor
const kernels: DataFlowKernel[] = []

const startWith = async (options: HighThroughputOptions = {}, config: Config = {}): Promise<DataFlowKernel> => {
  executor = highThroughputExecutor({ maxWorkersPerNode: 2, ...options })
  const kernel = await dataFlowKernel({
    runDir: folder.at('runinfo'),
    log: false,
    progress: false,
    handleSignals: false,
    executors: [executor],
    ...config,
  })
  kernels.push(kernel)
  return kernel
}

/** The processes of a run whose command has this in it. */
const ofRun = ({ runId }: DataFlowKernel, name: string): readonly number[] =>
  processesWith(`PARSL_RUN=${runId}`)
    .filter(({ command }) => command.includes(name))
    .map(({ pid }) => pid)

const killOf = (kernel: DataFlowKernel, name: string): void => {
  const pids = ofRun(kernel, name)
  expect(pids, name).toHaveLength(1)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
}

const thrownBy = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  )

/** Runs until its gate opens, and leaves its mark each time it begins. */
const waitFor = async (gate: string, marks: string): Promise<string> => {
  const { appendFileSync, existsSync: isThere } = await import('node:fs')
  appendFileSync(marks, 'x')
  while (!isThere(gate)) await new Promise((resolve) => setTimeout(resolve, 20))
  return 'well'
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

const begun = (count: number): Promise<void> =>
  eventually(() => sizeOf(folder.at('marks')) >= count, { ...GUARD, state: () => sizeOf(folder.at('marks')) })

beforeEach(async () => {
  folder = await scratch()
})

afterEach(async () => {
  for (const kernel of kernels.splice(0)) {
    await kernel.close()
    const left = () => processesWith(`PARSL_RUN=${kernel.runId}`)
    await eventually(() => left().length === 0, { ...GUARD, state: left })
  }
  await folder[Symbol.asyncDispose]()
})

describe('an interchange that is killed', () => {
  it('fails all that is outstanding with how it ended, and the executor takes nothing more', async () => {
    const parsl = await startWith({}, { retries: 3 })
    const app = parsl.jsApp(waitFor)
    const running = [1, 2, 3].map(() => thrownBy(app(folder.at('gate'), folder.at('marks'))))
    await begun(2)
    killOf(parsl, 'parsl interchange')
    for (const error of await Promise.all(running)) {
      // The first error says it, and a further try that the executor is broken.
      expect(isParslError(error, 'PARSL_EXECUTOR'), String(error)).toBe(true)
      expect(String(error)).toContain('the interchange of executor htex was ended by SIGKILL')
    }
    expect(await thrownBy(app(folder.at('gate'), folder.at('marks')))).toMatchObject({
      code: 'PARSL_EXECUTOR_BAD_STATE',
    })
    await expect(executor.connectedManagers()).rejects.toMatchObject({ code: 'PARSL_EXECUTOR_INTERCHANGE_LOST' })
  })
})

describe('a manager that is killed', () => {
  it('costs its tasks a try, and a further block runs them', async () => {
    const parsl = await startWith({}, { strategyPeriod: '100ms' })
    const future = parsl.jsApp(waitFor)(folder.at('gate'), folder.at('marks'))
    await begun(1)
    killOf(parsl, 'HTEX manager')
    await begun(2)
    await folder.fill('gate')
    expect(await future).toBe('well')
  })

  it('is what the error says where no try is left', async () => {
    const parsl = await startWith()
    const app = parsl.jsApp(waitFor, { infrastructureRetries: 0 })
    const failed = thrownBy(app(folder.at('gate'), folder.at('marks')))
    await begun(1)
    const [manager] = await executor.connectedManagers()
    killOf(parsl, 'HTEX manager')
    expect(await failed).toMatchObject({
      code: 'PARSL_EXECUTOR_MANAGER_LOST',
      details: { executor: 'htex', block: '0', manager: manager?.manager, host: manager?.host },
      message: expect.stringContaining('the job of its block has ended') as unknown,
    })
  })
})

describe('an executor that cannot start', () => {
  it('says which port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    try {
      const error = await thrownBy(startWith({ port }))
      expect(error).toMatchObject({ code: 'PARSL_EXECUTOR' })
      expect(String(error)).toMatch(new RegExp(`its interchange ended at its start.*${port}`, 's'))
    } finally {
      server.close()
    }
  })

  it('repeats what an interchange said that ended at once', async () => {
    const interchangeCommand = [process.execPath, '-e', 'console.error("no such module"); process.exit(7)']
    const error = await thrownBy(startWith({ interchangeCommand }))
    expect(String(error)).toContain('its interchange ended at its start (exit code 7):\nno such module')
  })

  it('gives up an interchange that says nothing', async () => {
    const interchangeCommand = [process.execPath, '-e', 'process.stdin.resume()']
    const error = await thrownBy(startWith({ interchangeCommand, startTimeout: '300ms' }))
    expect(String(error)).toContain('its interchange said nothing for 300 ms')
  })

  it('refuses a folder of keys that others may enter', async () => {
    const { mkdir } = await import('node:fs/promises')
    await mkdir(folder.at('runinfo/000/htex/keys'), { recursive: true, mode: 0o755 })
    const context = folder.at('runinfo/000/htex')
    const { start } = await import('../../src/executor/start.ts')
    const { settingsOf } = await import('../../src/settings.ts')
    const guardian = { mark: () => ({}), processGroup: () => () => {}, command: () => () => {}, path: () => () => {} }
    const error = await thrownBy(start(settingsOf({}), { dir: context, guardian } as never))
    expect(error).toMatchObject({ code: 'PARSL_CONFIG' })
    expect(String(error)).toContain('others may use it (mode 755)')
  })
})

describe('blocks that fail', () => {
  it('break the executor, which says what they printed', async () => {
    const parsl = await startWith({ launchCommand: 'echo no such queue >&2; exit 3; {command}' })
    const error = await thrownBy(parsl.jsApp(() => 1)())
    expect(isParslError(error, 'PARSL_EXECUTOR'), String(error)).toBe(true)
    expect(String(error)).toMatch(/block 0.*exit code: 3.*no such queue/s)
  })
})

describe('what is refused', () => {
  it('is a task that no node can ever run', async () => {
    const parsl = await startWith()
    const error = await thrownBy(parsl.jsApp(() => 1, { resources: { cores: 3 } })())
    expect(error).toMatchObject({ code: 'PARSL_EXECUTOR_RESOURCES' })
  })

  it('are arguments beyond the limit', async () => {
    const parsl = await startWith({ maxMessageSize: '1MiB' })
    const length = parsl.jsApp((bytes: Uint8Array) => bytes.length)
    const error = await thrownBy(length(new Uint8Array(2 ** 20 + 1)))
    expect(error).toMatchObject({ code: 'PARSL_SERIALIZE' })
    expect(String(error)).toMatch(/arguments of .*maxMessageSize is 1048576/)
    expect(await length(new Uint8Array(1_000_000))).toBe(1_000_000)
  })
})

describe('a run', () => {
  it('tells of its managers, and gives a block that is held nothing more', async () => {
    const parsl = await startWith()
    const app = parsl.jsApp((n: number) => n)
    expect(await app(1)).toBe(1)
    const [manager, ...others] = await executor.connectedManagers()
    expect(others).toEqual([])
    expect(manager).toMatchObject({ block: '0', workers: 2, tasks: 0, active: true, draining: false })
    expect(executor.connectedBlocks()).toEqual(['0'])
    executor.hold('0')
    const held = app(2)
    const isHeld = async () => (await executor.connectedManagers())[0]?.active === false
    expect(await isHeld()).toBe(true)
    expect(held.state).toBe('launched')
    held.cancel()
    await held.settled()
  })

  it('leaves neither keys nor a socket, and nobody else could have read them', async () => {
    const parsl = await startWith()
    const dir = join(parsl.runDir, 'htex')
    await parsl.jsApp(() => 1)()
    expect(statSync(join(dir, 'keys')).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(join(dir, 'keys')))
      expect(statSync(join(dir, 'keys', name)).mode & 0o777).toBe(0o600)
    await parsl.close()
    expect(readdirSync(dir).filter((name) => name === 'keys' || name.startsWith('socket-'))).toEqual([])
  })

  it('runs in a folder whose path is longer than that of a socket may be', async () => {
    const parsl = await startWith({}, { runDir: folder.at(`${'deep/'.repeat(30)}runinfo`) })
    expect(await parsl.jsApp(() => 'deep')()).toBe('deep')
  })
})
