import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { scratch } from './fixture.js'

/** Runs a program with a kernel loaded, and gives the JSON that it printed last. */
const run = async (program: string): Promise<{ readonly printed: unknown; readonly stderr: string }> => {
  await using folder = await scratch()
  const text = `
    import * as parsl from '@parsl/core'
    const { load, jsApp, joinApp, bashApp } = parsl
    const config = { executors: [parsl.inProcessExecutor()], runDir: ${JSON.stringify(folder.path)}, log: false, progress: false, killGrace: '10ms' }
    const print = (value) => console.log(JSON.stringify(value))
    const never = new Promise(() => {})
    const storyOf = async (future) => {
      const { error } = await future.settled()
      return { code: error.code, message: error.message, cause: error.cause?.code }
    }
    ${program}
  `
  const options = { cwd: join(import.meta.dirname, '..'), env: { ...process.env, PARSL_CHECK_CAPTURES: undefined } }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', text], options)
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  return { printed: last === '' ? undefined : JSON.parse(last), stderr }
}

const stalled = (app: string, what: string) => ({
  code: 'PARSL_APP_STALLED',
  message: `app ${app} can never finish: it waits for ${what}, and nothing is left on the event loop that could settle it`,
})

describe('when the event loop has nothing left to do', () => {
  it('a body that waits for what nobody settles fails, and what depends on it', async () => {
    const { printed } = await run(`
      await load(config)
      const stuck = jsApp(() => never, { name: 'stuck' })()
      const next = jsApp((value) => value, { name: 'next' })(stuck)
      print(await Promise.all([storyOf(stuck), storyOf(next)]))
    `)
    expect(printed).toEqual([
      stalled('stuck', 'something'),
      { code: 'PARSL_DATAFLOW_DEPENDENCY', message: expect.any(String), cause: 'PARSL_APP_STALLED' },
    ])
  })

  it('bodies that wait for each other beyond what is seen as a circle fail, naming what they wait for', async () => {
    const { printed } = await run(`
      await load(config)
      const futures = []
      const gate = (n) => futures[n].then((value) => value)
      const a = jsApp(async () => { await null; return Promise.race([gate(1), never]) }, { name: 'a' })
      const b = jsApp(async () => { await null; await never }, { name: 'b' })
      futures.push(a(), b())
      print(await Promise.all(futures.map(storyOf)))
    `)
    expect(printed).toEqual([stalled('a', 'task 1 (b)'), stalled('b', 'something')])
  })

  it('a task that waits for a promise of somebody elses fails before it starts', async () => {
    const { printed } = await run(`
      await load(config)
      const waits = jsApp((value) => value, { name: 'waits' })(never)
      print(await storyOf(waits))
    `)
    expect(printed).toEqual(stalled('waits', 'a promise among its inputs'))
  })

  it('a join that holds such a promise fails', async () => {
    const { printed } = await run(`
      await load(config)
      const one = jsApp(() => 1)
      print(await storyOf(joinApp(() => [one(), never], { name: 'join' })()))
    `)
    expect(printed).toEqual(stalled('join', 'a promise among its inputs'))
  })

  it('a task that an executor keeps silent about fails', async () => {
    const { printed } = await run(`
      const capabilities = { isolation: 'none', resources: [], priorities: false, capturesStreams: false, forcedStop: false }
      const start = async ({ report }) => ({
        submit: () => {},
        stop: (attempt, reason) => report.failed(attempt, reason, 'stopped'),
        load: () => ({ outstanding: 0, slots: 1 }),
        close: async () => {},
      })
      await load({ ...config, executors: [{ label: 'silent', capabilities, start }] })
      print(await storyOf(jsApp(() => 1, { name: 'lost' })()))
    `)
    expect(printed).toEqual(stalled('lost', 'what it needs while it is launched'))
  })

  it('a task fails that an executor neither runs nor stops', async () => {
    const { printed } = await run(`
      const capabilities = { isolation: 'none', resources: [], priorities: false, capturesStreams: false, forcedStop: false }
      const nothing = { submit: () => {}, stop: () => {}, load: () => ({ outstanding: 0, slots: 1 }), close: async () => {} }
      const kernel = await load({ ...config, executors: [{ label: 'dead', capabilities, start: async () => nothing }] })
      const story = await storyOf(jsApp(() => 1, { name: 'lost' })())
      print([story.code, (await kernel.close()).counts.failed])
    `)
    expect(printed).toEqual(['PARSL_EXECUTOR', 1])
  })

  it('a block that waits for such a task fails with it, and the kernel is closed', async () => {
    const { printed } = await run(`
      const error = await load(config, () => jsApp(() => never, { name: 'stuck' })()).catch((error) => error)
      let loaded = true
      try { parsl.dfk() } catch { loaded = false }
      print({ code: error.code, loaded })
    `)
    expect(printed).toEqual({ code: 'PARSL_APP_STALLED', loaded: false })
  })

  it('a task that nobody awaits is told of, and the program ends well', async () => {
    const { printed, stderr } = await run(`
      await load(config)
      jsApp(() => never, { name: 'stuck' })()
    `)
    expect(printed).toBeUndefined()
    expect(stderr).toContain(
      'parsl: 1 task failed and nobody awaited it:\n  task 0 (stuck): AppStalled: app stuck can never',
    )
  })

  it('a file that never gets to its place rejects, though close waits for it', async () => {
    const { printed } = await run(`
      const mem = {
        name: 'mem',
        claims: () => true,
        stageIn: () => ({ path: '/nowhere' }),
        stageOut: (file, { workingDir }) => ({ path: workingDir, transfer: () => never }),
      }
      const kernel = await load({ ...config, staging: [mem] })
      const make = jsApp(async (folder) => { process.getBuiltinModule('fs').mkdirSync(folder.path, { recursive: true }) })
      const [file] = make(parsl.output.directory('mem:/x')).outputs
      const story = storyOf(file)
      await kernel.close({ wait: true })
      print(await story)
    `)
    expect(printed).toMatchObject({ code: 'PARSL_DATA_STAGING' })
  })
})

describe('nothing is taken for stalled', () => {
  it('while commands run, timers are due, or tasks wait to be tried again', async () => {
    const { printed } = await run(`
      await load({ ...config, retries: 1, retryBackoff: { initial: '20ms', jitter: false } })
      let tries = 0
      const flaky = jsApp(() => { if (tries++ === 0) throw new Error('again'); return 'flaky' })
      const timer = jsApp(() => new Promise((resolve) => setTimeout(resolve, 20, 'timer')))
      const command = bashApp(() => 'sleep 0.05')
      const { exitCode } = await command()
      print([await flaky(), await timer(), exitCode])
    `)
    expect(printed).toEqual(['flaky', 'timer', 0])
  })
})
