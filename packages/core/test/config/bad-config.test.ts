import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDuration } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { type Config, type ConfigurationError, dataFlowKernel, load } from '../../src/index.js'
import { fakeExecutor } from '../executor/fake.js'
import { errorOf, scratch } from '../fixture.js'

const complaintsAbout = async (config: unknown): Promise<readonly string[]> => {
  const error = (await errorOf(dataFlowKernel(config as Config))) as ConfigurationError
  expect(error).toMatchObject({ name: 'ConfigurationError', code: 'PARSL_CONFIG' })
  return error.details.complaints
}

describe('a configuration', () => {
  it.each<[unknown, string]>([
    [{ retires: 3 }, 'config has no option "retires": did you mean "retries"?'],
    [{ run_dir: 'x' }, 'config has no option "run_dir": did you mean "runDir"?'],
    [{ xyzzy: 1 }, 'config has no option "xyzzy"'],
    [{ retries: -1 }, 'config.retries must be a number, 0 or more, not -1'],
    [{ retries: NaN }, 'config.retries must be a number, 0 or more, not NaN'],
    [{ retries: '3' }, 'config.retries must be a number, 0 or more, not "3"'],
    [{ infrastructureRetries: 1.5 }, 'config.infrastructureRetries must be a whole number, 0 or more, not 1.5'],
    [{ exitMode: 'await' }, 'config.exitMode must be one of "wait", "cleanup", "skip", not "await"'],
    [{ strategy: 'htex_auto_scale' }, 'config.strategy must be one of "none", "simple", "htexAutoScale"'],
    [{ strategyPeriod: 0 }, 'config.strategyPeriod must be more than nothing'],
    [{ maxIdleTime: 'long' }, 'config.maxIdleTime must be a number of seconds'],
    [{ runDir: '' }, 'config.runDir must be text, not ""'],
    [{ runDir: 5 }, 'config.runDir must be text, not 5'],
    [{ retryHandler: 1 }, 'config.retryHandler must be a function, not 1'],
    [{ stdAutopath: 'x' }, 'config.stdAutopath must be a function, not "x"'],
    [{ handleSignals: 'yes' }, 'config.handleSignals must be true or false, not "yes"'],
    [{ garbageCollect: 0 }, 'config.garbageCollect must be true or false, not 0'],
    [{ progress: 'on' }, 'config.progress must be one of true, false, "auto", not "on"'],
    [{ onSubmitterLost: 'x' }, 'config.onSubmitterLost must be one of "end", "finish", not "x"'],
    [
      { log: 'loud' },
      'config.log must be one of "debug", "info", "warn", "error", false, or a logger (an object with debug, info, warn, error), not "loud"',
    ],
    [{ log: { info: () => {} } }, 'config.log must be one of'],
    [{ memoizer: {} }, 'config.memoizer must be a memoizer (an object with name, start), not an object'],
    [
      { monitoring: [{}] },
      'config.monitoring must be a list, each item a monitoring sink (an object with event, close)',
    ],
    [{ staging: 'local' }, 'config.staging must be a list'],
    [
      { staging: [{ name: 'x' }] },
      'config.staging must be a list, each item a staging (an object with name, claims, stageIn, stageOut)',
    ],
    [{ dependencyResolver: 'dep' }, 'config.dependencyResolver must be one of "deep", "shallow", or a resolver'],
    [{ executors: fakeExecutor() }, 'config.executors must be a list, each item'],
    [
      { executors: [{ label: 'x' }] },
      'config.executors must be a list, each item an executor (an object with label, capabilities, start)',
    ],
    [
      { executors: [fakeExecutor({ label: 5 as never })] },
      'config.executors must be a list, each item an executor with a label of text',
    ],
    [{ executors: [] }, 'config.executors is empty: name at least one, or leave it out to run on this machine'],
    [
      { executors: [fakeExecutor(), fakeExecutor(), fakeExecutor()] },
      'config.executors holds 3 executors labelled "fake": labels must differ',
    ],
    [{ retryBackoff: 5 }, 'config.retryBackoff must be an object, not 5'],
    [{ retryBackoff: {} }, 'config.retryBackoff.initial must be given'],
    [{ retryBackoff: { initial: 'soon' } }, 'config.retryBackoff.initial must be more than nothing'],
    [{ retryBackoff: { initial: 1, factor: 0.5 } }, 'config.retryBackoff.factor must be a number, 1 or more, not 0.5'],
    [{ retryBackoff: { initial: 1, fator: 2 } }, 'config.retryBackoff has no option "fator": did you mean "factor"?'],
    [
      { usageTracking: { level: 1 } },
      'config.usageTracking.collector must be given: nothing is sent anywhere by default',
    ],
    [{ usageTracking: { collector: 'udp://localhost:9' } }, 'config.usageTracking.level must be given: 1, 2 or 3'],
    [
      { usageTracking: { collector: 'http://x', level: 1 } },
      'config.usageTracking.collector must be \'udp://host:port\', not "http://x"',
    ],
    [
      { usageTracking: { collector: 'udp://localhost:99999', level: 1 } },
      "config.usageTracking.collector must be 'udp://host:port'",
    ],
    [
      { usageTracking: { collector: 'udp://localhost:0', level: 1 } },
      "config.usageTracking.collector must be 'udp://host:port'",
    ],
    [
      { usageTracking: { collector: 'udp://localhost:9', level: 4 } },
      'config.usageTracking.level must be one of 1, 2, 3, not 4',
    ],
    [null, 'config must be an object, not null'],
    [5, 'config must be an object, not 5'],
    [[], 'config must be an object, not []'],
  ])('is refused for %j', async (config, complaint) => {
    const complaints = await complaintsAbout(config)
    expect(complaints).toHaveLength(1)
    expect(complaints[0]).toContain(complaint)
  })

  it.each(['', '.', '..', '../up', 'a/b', 'a b', '_parsl_internal', 'ü'])(
    'is refused for an executor labelled %j',
    async (label) => {
      const [complaint] = await complaintsAbout({ executors: [fakeExecutor({ label })] })
      expect(complaint).toContain('label')
    },
  )

  it.each(['5 s', '1h30m', '00:10:00', 0, 2.5, '1-00:00:00'])('takes a killGrace of %j', async (killGrace) => {
    await using folder = await scratch()
    const kernel = await dataFlowKernel({ killGrace, runDir: folder.path, log: false })
    expect(kernel.config.killGraceMs).toBe(parseDuration(killGrace))
    await kernel.close()
  })

  it.each(['5 parsecs', '', -1, NaN, Infinity, true, '1:2', [1]])('is refused a killGrace of %j', async (killGrace) => {
    const [complaint] = await complaintsAbout({ killGrace })
    expect(complaint).toContain('config.killGrace must be a number of seconds')
  })

  it('is told every complaint in one error', async () => {
    const error = await errorOf(load({ retries: -1, exitMode: 'x', retires: 1 } as never))
    expect(error.details).toEqual({
      complaints: [
        'config.retries must be a number, 0 or more, not -1',
        'config.exitMode must be one of "wait", "cleanup", "skip", not "x"',
        'config has no option "retires": did you mean "retries"?',
      ],
    })
    expect(error.message).toBe(
      `3 complaints:\n${(error.details as { complaints: string[] }).complaints.map((line) => `  - ${line}`).join('\n')}`,
    )
  })

  it('is told complaints about its parts beside each other', async () => {
    const config = { retryBackoff: { factor: 0 }, usageTracking: {}, executors: [fakeExecutor(), fakeExecutor()] }
    expect(await complaintsAbout(config)).toHaveLength(5)
  })

  it('may leave options undefined, which is to leave them out', async () => {
    await using folder = await scratch()
    const config = { retries: undefined, executors: undefined, log: false, runDir: folder.path } as never as Config
    const kernel = await dataFlowKernel(config)
    expect(kernel.config).toMatchObject({ retries: 0, exitMode: 'wait', infrastructureRetries: 3, killGraceMs: 5_000 })
    expect([...kernel.executors.keys()]).toEqual(['processes'])
    await kernel.close()
  })
})

describe('the folder of run directories', () => {
  it('that cannot be made is named, with the reason', async () => {
    await using folder = await scratch()
    const runDir = join(folder.path, 'file', 'runs')
    await writeFile(join(folder.path, 'file'), '')
    const error = await errorOf(dataFlowKernel({ runDir }))
    expect(error).toMatchObject({
      name: 'RunDirError',
      code: 'PARSL_RUN_DIR',
      details: { path: runDir },
      cause: { code: 'ENOTDIR' },
    })
    expect(error.message).toContain(`cannot make a run directory in ${runDir}`)
    expect(error.message).toContain('Set runDir to a folder you may write')
  })
})
