import { isParslError, type Provider } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import type { HighThroughputOptions } from '../src/options.ts'
import { settingsOf } from '../src/settings.ts'

const provider: Provider = {
  name: 'fake',
  capabilities: { exitCode: true, batchStatus: true },
  nodesPerBlock: 1,
  statusPeriodMs: 1_000,
  submit: () => Promise.resolve('1'),
  status: () => Promise.resolve(new Map()),
  cancel: () => Promise.resolve(),
  cancelCommand: () => ['true'],
}

const complaintsOf = (options: object): readonly string[] => {
  try {
    settingsOf(options as HighThroughputOptions)
    return []
  } catch (error) {
    if (!isParslError(error, 'PARSL_CONFIG')) throw error
    return error.message.split('\n')
  }
}

describe('options of highThroughputExecutor', () => {
  it('have the defaults that are documented', () => {
    expect(settingsOf({})).toEqual({
      label: 'htex',
      provider: undefined,
      blocks: { init: 1, min: 0, max: 1, parallelism: 1 },
      blockErrorHandler: true,
      workers: 'processes',
      coresPerWorker: 1,
      memPerWorkerBytes: undefined,
      maxWorkersPerNode: undefined,
      prefetch: 0,
      drainPeriodMs: undefined,
      managerSelector: 'random',
      encrypted: true,
      address: undefined,
      ports: { from: 54_000, to: 55_000 },
      addressProbeTimeoutMs: 30_000,
      heartbeatPeriodMs: 30_000,
      heartbeatThresholdMs: 120_000,
      workerLogdirRoot: undefined,
      maxMessageBytes: 2 ** 30,
      interchangeCommand: undefined,
      launchCommand: '{command}',
      startTimeoutMs: 120_000,
      staging: undefined,
    })
  })

  it('count bare numbers as seconds, and as milliseconds where the name says so', () => {
    const given = { drainPeriod: 60, heartbeatPeriodMs: 500, heartbeatThresholdMs: '2s' }
    expect(settingsOf(given)).toMatchObject({
      drainPeriodMs: 60_000,
      heartbeatPeriodMs: 500,
      heartbeatThresholdMs: 2_000,
    })
  })

  it('take undefined for what is not there', () => {
    expect(settingsOf({ label: undefined, blocks: { init: undefined } } as never)).toEqual(settingsOf({}))
  })

  it('give the provider the launcher that stands beside it', () => {
    const launcher = (command: string): string => command
    expect(settingsOf({ provider, launcher }).provider?.launcher).toBe(launcher)
    expect(provider.launcher).toBeUndefined()
  })

  it('name every complaint, and the nearest name', () => {
    expect(complaintsOf({ lable: 'x', maxWorkersPerNode: 0, port: 70_000 }).join('\n')).toMatch(
      /no option "lable": did you mean "label"\?.*\n.*maxWorkersPerNode must be a whole number above 0, not 0\n.*port must be a port, from 1 to 65535, not 70000/s,
    )
  })

  it.each([
    [{ cpuAffinity: 'block' }, "cpuAffinity must be 'none': workers cannot be pinned to cores yet"],
    [{ availableAccelerators: 2 }, 'availableAccelerators must be []: workers cannot be given accelerators yet'],
    [{ heartbeatPeriodMs: 1_000, heartbeatThresholdMs: 1_500 }, 'less than two heartbeats'],
    [{ port: 5_000, portRange: [5_000, 6_000] }, 'takes port or portRange, not both'],
    [{ portRange: [6_000, 5_000] }, 'portRange must be the first and the last port'],
    [{ launcher: () => '' }, 'launcher needs a provider'],
    [{ address: 'login.site' }, 'address must be an IPv4 or IPv6 address'],
    [{ launchCommand: 'module load node' }, "launchCommand must be shell text with '{command}' in it"],
    [{ maxMessageSize: '8GiB' }, 'maxMessageSize must be less than 4GiB'],
    [{ provider: { ...provider, nodesPerBlock: 2 } }, '2 nodes a block and no launcher'],
    [{ provider: {} }, 'provider must be a provider'],
    [{ blocks: { init: 3, max: 2 } }, 'blocks.init is 3, more than'],
    [{ interchangeCommand: [] }, 'interchangeCommand names no program'],
    [{ label: 'a/b' }, "label must be text without '/'"],
  ])('refuse %j', (options, complaint) => {
    const complaints = complaintsOf(options)
    expect(complaints).toHaveLength(1)
    expect(complaints[0]).toContain(complaint)
  })
})
