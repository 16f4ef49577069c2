import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { listRuns } from '../../src/runs/index.js'
import { fakeExecutor } from '../executor/fake.js'
import { errorOf, logSpy, scratch, testKernel } from '../fixture.js'

describe('run.json', () => {
  it('says that a run runs while it does, and how it ended afterwards', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel({ runDir: folder.path, log: 'warn' })
    const [running] = await listRuns(folder.path)
    expect(running).toMatchObject({ number: 0, dir: kernel.runDir, state: 'running', problem: undefined })
    expect(running?.record).toMatchObject({
      runId: kernel.runId,
      pid: process.pid,
      command: process.argv.slice(1),
      cwd: process.cwd(),
      node: process.version,
      parsl: expect.stringMatching(/^\d+\.\d+\.\d+/),
      executors: ['inProcess'],
      log: 'warn',
    })
    expect(running?.record).not.toHaveProperty('end')
    await kernel.jsApp(() => 1)()
    await errorOf(kernel.jsApp(() => Promise.reject(new Error('x')))())
    void kernel.jsApp(() => Promise.reject(new Error('y')))()
    await kernel.close({ wait: true })
    const [ended] = await listRuns(folder.path)
    expect(ended?.state).toBe('failed')
    expect(ended?.record?.end).toMatchObject({ counts: { execDone: 1, failed: 2, running: 0 }, unawaited: 1 })
    expect(Date.parse(ended?.record?.end?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(ended?.record?.startedAt ?? ''))
    expect(await readdir(kernel.runDir)).not.toContain('run.json.tmp')
  })

  it('says why a kernel could not start', async () => {
    await using folder = await scratch()
    const bad = fakeExecutor({ label: 'bad', start: async () => Promise.reject(new Error('no port')) })
    await errorOf(testKernel({ runDir: folder.path, executors: [bad] }))
    const [run] = await listRuns(folder.path)
    expect(run).toMatchObject({ state: 'failed', record: { log: 'none', end: { error: 'no port' } } })
  })

  it('says so of one whose memoizer could not start', async () => {
    await using folder = await scratch()
    const memoizer = { name: 'broken', start: async () => Promise.reject(new Error('no such checkpoint')) }
    await errorOf(testKernel({ runDir: folder.path, memoizer }))
    const [run] = await listRuns(folder.path)
    expect(run).toMatchObject({ state: 'failed', record: { end: { error: 'no such checkpoint' } } })
  })

  it('that cannot be written costs a line in the log, and no task', async () => {
    await using folder = await scratch()
    const log = logSpy()
    await using kernel = await testKernel({ runDir: folder.path, log })
    await rm(`${kernel.runDir}/run.json`)
    await mkdir(`${kernel.runDir}/run.json/in the way`, { recursive: true })
    expect(await kernel.jsApp(() => 1)()).toBe(1)
    expect((await kernel.close()).counts.execDone).toBe(1)
    expect(log.error.mock.calls).toEqual([[{ err: expect.any(Error) }, 'run.json could not be written']])
  })

  it('is for people too', async () => {
    await using kernel = await testKernel()
    expect(await readFile(`${kernel.runDir}/run.json`, 'utf8')).toMatch(/^\{\n {2}"format": 1,\n[^]*\}\n$/)
  })
})
