import { writeFile } from 'node:fs/promises'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { type ManagerOptions, parseOptions } from '../../src/manager/options.js'
import { machineOf, settingsOf, workersFor } from '../../src/manager/settings.js'

const NEEDED = ['--addresses', '10.0.0.1,::1', '--port', '54000', '--keys', 'none', '--block-id', '3']
const options: ManagerOptions = { addresses: ['a'], port: 1, keys: 'none', blockId: '0' }
const GiB = 2 ** 30
const place = { machine: { cores: 8, memory: 16 * GiB }, now: 1_000_000, version: '1.2.3' }

const complaintsOf = (...args: readonly string[]): string => {
  try {
    parseOptions([...NEEDED, ...args])
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('the options of a manager', () => {
  it('come from its command line', () => {
    const args = [
      '--max-workers-per-node',
      '4',
      '--mem-per-worker',
      '2GiB',
      '--heartbeat-period',
      '1m',
      '--watch-parent',
    ]
    expect(parseOptions([...NEEDED, ...args, '--drain-period', '90', '--label', '7'])).toEqual({
      addresses: ['10.0.0.1', '::1'],
      port: 54_000,
      keys: 'none',
      blockId: '3',
      label: '7',
      maxWorkersPerNode: 4,
      memPerWorker: '2GiB',
      heartbeatPeriod: '1m',
      drainPeriod: 90,
      watchParent: true,
    })
  })

  it('come from a file, after what the command line says', async () => {
    await using folder = await scratch()
    await writeFile(folder.at('settings.json'), JSON.stringify({ ...options, prefetch: 5, port: 2 }))
    const parsed = parseOptions(['--settings', folder.at('settings.json'), '--port', '3'])
    expect(parsed).toEqual({ ...options, prefetch: 5, port: 3 })
  })

  it.each([
    [['--port', '0'], 'manager.port must be a port, 1 to 65535, not 0'],
    [['--addresses', ','], 'manager.addresses must be a list with at least one item'],
    [['--cores-per-worker', '0'], 'manager.coresPerWorker must be a number above 0, not 0'],
    [['--worker-kind', 'fibres'], 'manager.workerKind must be one of "processes", "threads"'],
    [['--poll', '10s'], 'manager.poll must be more than nothing, at most 2 s, not "10s"'],
    [['--heartbeat-period', 'soon'], 'manager.heartbeatPeriod must be'],
    [['--cpu-affinity', 'sideways'], 'manager.cpuAffinity must be'],
    [['--cpu-affinity', 'list:0,1:2-3'], 'manager.cpuAffinity "list:0,1:2-3" is not supported yet: leave it out'],
    [['--accelerators', '0,1'], 'manager.accelerators are not supported yet'],
    [['--maxworkers', '1'], "Unknown option '--maxworkers'"],
    [['--settings', '/does/not/exist'], "the manager's settings in /does/not/exist: ENOENT"],
  ])('are refused where they are wrong: %s', (args, complaint) => {
    expect(complaintsOf(...args)).toMatch(complaint)
  })

  it('are refused with every complaint, and what a file misspells', async () => {
    await using folder = await scratch()
    await writeFile(folder.at('settings.json'), JSON.stringify({ blockid: '0', port: -1 }))
    const read = () => parseOptions(['--settings', folder.at('settings.json')])
    expect(read).toThrow('manager.addresses is missing (--addresses)')
    expect(read).toThrow('manager has no option "blockid": did you mean "blockId"?')
    expect(read).toThrow('manager.port must be a port')
  })
})

describe('a machine', () => {
  it('has what its environment says', () => {
    expect(machineOf({ PARSL_CORES: '12', PARSL_MEMORY_GB: '1.5' })).toEqual({ cores: 12, memory: 1.5 * GiB })
    expect(machineOf({}).cores).toBeGreaterThanOrEqual(1)
    expect(machineOf({}).memory).toBeGreaterThan(0)
  })

  it('whose environment says nonsense is refused', () => {
    expect(() => machineOf({ PARSL_CORES: 'many' })).toThrow('PARSL_CORES must be a number above 0, not "many"')
    expect(() => machineOf({ PARSL_MEMORY_GB: '-1' })).toThrow('PARSL_MEMORY_GB must be a number above 0')
  })
})

describe('the number of workers', () => {
  it.each([
    [{}, 8],
    [{ maxWorkersPerNode: 3 }, 3],
    [{ coresPerWorker: 3 }, 2],
    [{ coresPerWorker: 0.5 }, 16],
    [{ memPerWorker: '3GiB' }, 5],
    [{ accelerators: ['0', '1'] }, 2],
    [{ maxWorkersPerNode: 100, coresPerWorker: 2, memPerWorker: '8GiB' }, 2],
  ] satisfies [Partial<ManagerOptions>, number][])('with %s on 8 cores and 16 GiB is %d', (more, workers) => {
    expect(workersFor({ ...options, ...more }, place.machine)).toBe(workers)
  })

  it('is never none: that is refused', () => {
    expect(() => workersFor({ ...options, coresPerWorker: 9 }, place.machine)).toThrow(
      'a worker takes 9 cores, and this machine has 8',
    )
    expect(() => workersFor({ ...options, memPerWorker: '17GiB' }, place.machine)).toThrow(
      'a worker takes 17GiB of memory, and this machine has 16384 MiB',
    )
  })
})

describe('settings', () => {
  it('say when things are due, and who it is', () => {
    const given = { ...options, drainPeriod: '10s', walltime: '1m', memPerWorker: '2GiB', uid: 'me' }
    const { times, identity, heapMb, keysDir } = settingsOf(given, place)
    expect(times).toMatchObject({ drainAt: 1_010_000, endsAt: 1_060_000, heartbeatThresholdMs: 120_000 })
    expect(identity).toMatchObject({ manager: 'me', slots: 8, endsAt: 1_060_000, versions: { parsl: '1.2.3' } })
    expect([heapMb, keysDir]).toEqual([2_048, undefined])
  })

  it('take the earlier end where two are given', () => {
    expect(settingsOf({ ...options, endsAt: 1_030, walltime: '1m' }, place).times.endsAt).toBe(1_030_000)
  })

  it('are refused where a beat would come too late', () => {
    const given = { ...options, heartbeatPeriod: '2m' }
    expect(() => settingsOf(given, place)).toThrow('heartbeatThreshold (120000 ms) must be longer than heartbeatPeriod')
  })
})
